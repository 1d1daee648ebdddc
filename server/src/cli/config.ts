import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  hasPassword,
  hasSecret,
  isAddress,
  isDatabase,
  noDatabase,
  noTransport,
  transportOf,
} from '../start/addresses.ts'
import type { StartOptions, StoreOptions } from '../start/options.ts'
import { startDefaults } from '../start/options.ts'
import type { Connection } from './connection.ts'
import { CommandFailure, exitCodes } from './exit-code.ts'

/** Settings by name: a flag counts before its environment variable, that before the file. */
const settings = {
  host: 'KEELSON_HOST',
  port: 'KEELSON_PORT',
  dataDir: 'KEELSON_DATA_DIR',
  durability: 'KEELSON_DURABILITY',
  maxBytes: 'KEELSON_MAX_BYTES',
  database: 'KEELSON_DATABASE_URL',
  shards: 'KEELSON_SHARDS',
  poolSize: 'KEELSON_POOL_SIZE',
  archive: 'KEELSON_ARCHIVE',
  transport: 'KEELSON_TRANSPORT_URL',
  transportName: 'KEELSON_TRANSPORT_NAME',
  keys: 'KEELSON_KEYS',
  masterKey: 'KEELSON_MASTER_KEY',
  vaultToken: 'VAULT_TOKEN',
  logName: 'KEELSON_LOG_NAME',
  witnesses: 'KEELSON_WITNESSES',
  timestampAuthority: 'KEELSON_TIMESTAMP_AUTHORITY',
  bootstrapKey: 'KEELSON_BOOTSTRAP_KEY',
  stopWithin: 'KEELSON_STOP_WITHIN',
  url: 'KEELSON_URL',
  apiKey: 'KEELSON_API_KEY',
  tenant: 'KEELSON_TENANT',
} as const

type Setting = keyof typeof settings
/** Secrets come from the environment or from a file of their own, never from a flag or the settings file. */
const secrets: readonly Setting[] = ['bootstrapKey', 'apiKey', 'masterKey', 'vaultToken']
const fileName = 'keelson.json'

export type Flags = Readonly<Record<string, unknown>>

/** Reads settings from flags, the environment and `keelson.json`; the command line is all that looks there. */
export class Config {
  readonly #flags: Flags
  readonly #environment: NodeJS.ProcessEnv
  readonly #file: Readonly<Record<string, unknown>>

  constructor(flags: Flags, environment: NodeJS.ProcessEnv = process.env, folder: string = process.cwd()) {
    this.#flags = flags
    this.#environment = environment
    this.#file = readSettingsFile(resolve(folder, fileName))
  }

  get(name: Setting): string | undefined {
    const isSecret = secrets.includes(name)
    const value =
      (isSecret ? undefined : this.#flags[name]) ??
      nonEmpty(this.#environment[settings[name]]) ??
      (isSecret ? undefined : this.#file[name])
    return value === undefined ? undefined : String(value)
  }

  /** @throws CommandFailure with exit code 2 for a value that is none. */
  startOptions(): StartOptions {
    const port = this.#number('port', 0, 65_535) ?? startDefaults.port
    const bootstrapKey = this.get('bootstrapKey')
    return {
      ...this.storeOptions(),
      ...this.transportOptions(),
      host: this.get('host') ?? startDefaults.host,
      port,
      isEmpty: this.#flags['empty'] === true,
      ...(bootstrapKey === undefined ? {} : { bootstrapKey }),
      ...this.logOptions(),
    }
  }

  /** Seconds that a stop of the server may take; orchestrators kill after 30. */
  stopWithin(): number {
    return this.#number('stopWithin', 1, 86_400) ?? startDefaults.stopWithin
  }

  /** What keeps the tenants' logs; each is checked where it is opened. */
  logOptions(): Partial<StartOptions> {
    const names = ['keys', 'masterKey', 'vaultToken', 'logName', 'witnesses', 'timestampAuthority'] as const
    return Object.fromEntries(
      names.flatMap(name => {
        const value = this.get(name)
        return value === undefined ? [] : [[name, value]]
      }),
    )
  }

  /** Where the data is: a file, or a database server where one is named. */
  storeOptions(): StoreOptions {
    const durability = this.get('durability') ?? startDefaults.durability
    if (durability !== 'fsync' && durability !== 'relaxed')
      throw usage(`The durability "${durability}" is neither fsync nor relaxed`)
    const archive = this.#archive()
    const common = {
      dataDir: resolve(this.get('dataDir') ?? startDefaults.dataDir),
      durability,
      ...(archive === undefined ? {} : { archive }),
    } as const
    const maxBytes = this.#number('maxBytes', 1_048_576, Number.MAX_SAFE_INTEGER)
    const shards = this.#number('shards', 1, 256)
    const poolSize = this.#number('poolSize', 4, 1000)
    const database = this.#database()
    if (database === undefined) {
      if (shards !== undefined && shards > 1) throw usage(`A database file has one shard, not ${shards}`)
      return { ...common, ...(maxBytes === undefined ? {} : { maxBytes }) }
    }
    return {
      ...common,
      database,
      ...(shards === undefined ? {} : { shards }),
      ...(poolSize === undefined ? {} : { poolSize }),
    }
  }

  /** @throws CommandFailure with exit code 2 for an unusable URL or key file. */
  connection(): Connection {
    const url = this.get('url') ?? `http://${startDefaults.host}:${startDefaults.port}`
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw usage(`"${url}" is not an http or https URL`)
    const { username, password } = new URL(url)
    // Not repeated: it would stand in the terminal and in logs.
    if (username !== '' || password !== '')
      throw usage('The URL holds a user or password: the API key alone says who you are')
    const tenant = this.get('tenant')
    const keyFile = this.#flags['apiKeyFile'] as string | undefined
    if (keyFile !== undefined) return { url, apiKey: readKeyFile(keyFile), keyFile, tenant }
    return { url, apiKey: checkedKey(this.get('apiKey'), 'KEELSON_API_KEY'), tenant }
  }

  /** What brings events to handlers; its address is never repeated in a message, for it may hold a secret. */
  transportOptions(): Pick<StartOptions, 'transport' | 'transportName'> {
    const transport = this.get('transport')
    if (transportOf(transport) === undefined) throw usage(noTransport)
    const transportName = this.get('transportName')
    if (transportName !== undefined && !/^[\w-]{1,64}$/.test(transportName))
      throw usage(
        `The transport's name "${transportName.slice(0, 80)}" is not 1 to 64 letters, digits, "_" and "-"`,
      )
    return {
      ...(transport === undefined ? {} : { transport }),
      ...(transportName === undefined ? {} : { transportName }),
    }
  }

  /** Never repeated in a message: it may hold a password. */
  #database(): string | undefined {
    const database = this.get('database')
    const isFile = this.#flags['database'] === undefined && this.#flags['dataDir'] !== undefined
    // A folder that is named in the call counts before an address that is not.
    if (database === undefined || isFile) return undefined
    if (!isDatabase(database)) throw usage(noDatabase)
    for (const name of ['dataDir', 'maxBytes'])
      if (this.#flags['database'] !== undefined && this.#flags[name] !== undefined)
        throw usage(`A database server is named, and ${name}, which is of a database file: leave one out`)
    return database
  }

  /** Not repeated in a message either: it may hold a signature. */
  #archive(): string | undefined {
    const archive = this.get('archive')
    if (archive === undefined || isAddress(archive)) return archive
    if (archive.trim() === '') throw usage('The archive is empty: name a folder, or an https:// address')
    if (archive.includes('://'))
      throw usage('The archive is neither a folder nor given as https://account/container?signature')
    return resolve(archive)
  }

  #number(name: Setting, least: number, most: number): number | undefined {
    const text = this.get(name)
    if (text === undefined) return undefined
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw usage(`${name} is "${text}", not a whole number from ${least} to ${most}`)
  }
}

function readSettingsFile(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {}
  let text: string
  let value: unknown
  try {
    text = readFileSync(path, 'utf8')
    value = JSON.parse(text)
  } catch (error) {
    throw usage(`${path} is not readable JSON: ${(error as Error).message}`)
  }
  if (!isObject(value)) throw usage(`${path} is not a JSON object`)
  for (const name of Object.keys(value)) {
    if (secrets.includes(name as Setting))
      throw usage(`${path} holds the secret "${name}": set ${settings[name as Setting]} instead`)
    if (!Object.hasOwn(settings, name))
      throw usage(`${path} has the unknown setting "${name}"; known are ${Object.keys(settings).join(', ')}`)
    if (typeof value[name] !== 'string' && typeof value[name] !== 'number')
      throw usage(`${path} has a setting "${name}" that is neither a text nor a number`)
    if (name === 'database' && hasPassword(String(value[name])))
      throw usage(`${path} holds a password in "database": set ${settings.database} instead`)
    if (name === 'transport' && hasSecret(String(value[name])))
      throw usage(`${path} holds a secret in "transport": set ${settings.transport} instead`)
    if (name === 'archive' && /[?&]sig=/.test(String(value[name])))
      throw usage(`${path} holds a signature in "archive": set ${settings.archive} instead`)
  }
  // All values are texts and numbers by now, so that each colon behind a text is of a name.
  const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(match => match[1] !== undefined)
  if (names.length !== Object.keys(value).length) throw usage(`${path} has a setting twice`)
  return value
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readKeyFile(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new CommandFailure(`The key file ${path} (--api-key-file) cannot be read`, exitCodes.usage, error)
  }
  return checkedKey(text, `The key file ${path} (--api-key-file)`)
}

/** What could not even be sent is none; it is not repeated. */
function checkedKey<Key extends string | undefined>(key: Key, place: string): Key {
  if (key === undefined || /^[\x21-\x7e]{1,512}$/.test(key)) return key
  throw usage(`${place} holds no API key: a key is one word of up to 512 letters, digits and signs`)
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
const usage = (message: string): CommandFailure => new CommandFailure(message, exitCodes.usage)
