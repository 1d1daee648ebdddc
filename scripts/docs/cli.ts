import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startDefaults } from '@keelson/server'
import { exitCodes } from '../../server/src/cli/exit-code.ts'
import { program } from '../../server/src/cli/program.ts'
import { code, fenced, table } from './table.ts'

const folder = join(import.meta.dirname, '../../server/src/cli')

/** The help of every command, the exit codes and the settings. */
export async function cliSections(): Promise<Record<string, string>> {
  const overview = await help()
  const commands = await commandSections(overview)
  return {
    commands: [fenced('text', overview), ...commands].join('\n\n'),
    'exit codes': table(
      ['code', 'meaning'],
      Object.entries(exitCodes).map(([name, value]) => [String(value), exitMeanings[name] ?? name]),
    ),
    settings: table(['in `keelson.json`', 'flag', 'environment', 'default', 'meaning'], await settingRows()),
  }
}

/** A section for each command that a help lists, and for those of its own. */
async function commandSections(listing: string, ...parents: string[]): Promise<string[]> {
  const [, listed = ''] = listing.split('\nCommands:\n')
  const names = [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(match => match[1] as string)
  const sections = names
    .filter(name => name !== 'help')
    .map(async name => {
      const text = await help(...parents, name)
      if (text.includes('\nCommands:\n')) return commandSections(text, ...parents, name)
      return [`### keelson ${[...parents, name].join(' ')}\n\n${fenced('text', text)}`]
    })
  return (await Promise.all(sections)).flat()
}

/** As the command prints it where there is no terminal; in this process, as there are many of them. */
async function help(...words: string[]): Promise<string> {
  let command = program()
  for (const word of words) command = command.commands.find(one => one.name() === word) ?? command
  let text = ''
  command.configureOutput({
    getOutHelpWidth: () => 80,
    writeOut: part => {
      text += part
    },
  })
  command.outputHelp()
  return text
}

const exitMeanings: Readonly<Record<string, string>> = {
  ok: 'done',
  failed: 'failed, found faults, or refused some records of an import',
  usage: 'the command or the request was wrong',
  notFound: 'there is no such thing',
  notAllowed: 'no key, a wrong key, or one without the permission',
  conflict: 'it conflicts with what is there',
  unavailable: 'the server or its database does not answer or is not there, or asks to try again',
}

const settingMeanings: Readonly<Record<string, string>> = {
  host: 'Address that `start` listens on.',
  port: 'Port that `start` listens on; 0 takes a free one.',
  dataDir: 'Folder of the database.',
  durability: '`fsync`: an acknowledged event is on disk. `relaxed`: a power cut can lose the last ones.',
  maxBytes: 'Largest size of the database file in bytes, from 1,048,576.',
  database:
    'PostgreSQL that has the data instead of a file, as `postgres://user:password@host:port/database`. With a password it is refused in the file, and the variable is better than the flag.',
  shards: 'Shards that a new PostgreSQL store gets; it keeps their number.',
  archive:
    'Where the content of archived streams is read from: a folder, or the address of an Azure container. With a signature it is refused in the file.',
  transport:
    'What brings events to handlers: `embedded` reads the log itself; `nats://host:4222` and the connection string of an Azure Service Bus, `Endpoint=sb://…`, go through that broker. With a secret it is refused in the file, and the variable is better than the flag.',
  transportName:
    'What the streams and subjects of NATS, or the topics of a Service Bus, begin with: 1 to 64 letters, digits, `_` and `-`. Each store has a name of its own at a broker; a stream or topic of another store is refused.',
  poolSize: 'Connections to PostgreSQL at the most, from 4.',
  keys: 'What wraps the keys of personal data and of logs: a file, `vault+https://host/transit/NAME`, or `https://NAME.vault.azure.net/keys/NAME`. A file that is not there is made while the store has no keys yet.',
  masterKey:
    'The wrapping key itself in place of a file: base64 of 32 bytes; after a rotation the new one, a comma, the old one.',
  vaultToken: 'Token for HashiCorp Vault or OpenBao.',
  logName:
    'First part of the names of logs, such as `audit.example.com`; it is part of what is signed and stays.',
  witnesses: 'File that names the witnesses of the logs: lines `witness KEY URL`, and `quorum N`.',
  timestampAuthority:
    'Address of a time stamp authority (RFC 3161), which is asked for a stamp of each log once an hour.',
  bootstrapKey:
    'Secret of the first platform administrator, 16 characters or more; made and printed when absent.',
  stopWithin:
    'Seconds that a stop may take: what does not answer by then, such as a database that hangs, is not waited for.',
  url: 'Server that the client commands talk to.',
  apiKey: 'API key of the client commands; or a file of its own by `--api-key-file`.',
  tenant: 'Tenant that a platform key acts for.',
}

const settingDefaults: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(startDefaults).map(([name, value]) => [name, String(value)])),
  transport: 'embedded',
  keys: 'master.key in the data folder',
  url: `http://${startDefaults.host}:${startDefaults.port}`,
}

/** Secrets have neither a flag nor a place in the file. */
const secrets = ['bootstrapKey', 'apiKey', 'masterKey', 'vaultToken']

/** The settings as the command line declares them. */
async function settingRows(): Promise<string[][]> {
  const source = await readFile(join(folder, 'config.ts'), 'utf8')
  const declared = /const settings = \{([^}]*)\}/.exec(source)?.[1] ?? ''
  return [...declared.matchAll(/(\w+): '((?:KEELSON|VAULT)_\w+)'/g)].map(([, name = '', variable = '']) => {
    const isSecret = secrets.includes(name)
    const flag = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    return [
      isSecret ? '' : code(name),
      isSecret ? '' : code(flag),
      code(variable),
      settingDefaults[name] === undefined ? '' : code(settingDefaults[name]),
      settingMeanings[name] ?? '',
    ]
  })
}
