import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Config } from './config.ts'
import type { CommandFailure } from './exit-code.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-config-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => rmSync(join(folder, 'keelson.json'), { force: true }))

const file = (content: unknown) =>
  writeFileSync(join(folder, 'keelson.json'), typeof content === 'string' ? content : JSON.stringify(content))
const config = (flags = {}, environment = {}) => new Config(flags, environment, folder)

function failureOf(work: () => unknown): CommandFailure {
  try {
    work()
  } catch (error) {
    return error as CommandFailure
  }
  throw new Error('nothing failed')
}

describe('a setting', () => {
  it('comes from its flag, else the environment, else the file, else it has a default', () => {
    const port = (flags = {}, environment = {}) => config(flags, environment).startOptions().port
    expect(port()).toBe(4680)
    file({ port: 1001 })
    expect(port()).toBe(1001)
    expect(port({}, { KEELSON_PORT: '1002' })).toBe(1002)
    expect(port({ port: '1003' }, { KEELSON_PORT: '1002' })).toBe(1003)
    expect(port({}, { KEELSON_PORT: '' })).toBe(1001)
  })

  it('may be 0 or a text with blanks', () => {
    expect(config({ port: '0' }, {}).startOptions().port).toBe(0)
    expect(config({}, { KEELSON_DATA_DIR: '/a b' }).startOptions().dataDir).toBe('/a b')
  })

  it.each([
    [{ port: '65536' }, 'port'],
    [{ port: '-1' }, 'port'],
    [{ port: '1e3' }, 'port'],
    [{ port: 'http' }, 'port'],
    [{ maxBytes: '1000' }, 'maxBytes'],
    [{ durability: 'maybe' }, 'maybe'],
  ])('is refused as %j', (flags, named) => {
    const failure = failureOf(() => config(flags).startOptions())
    expect(failure.exitCode).toBe(2)
    expect(failure.message).toContain(named)
  })
})

describe('a secret', () => {
  it('comes from the environment', () => {
    const start = config({}, { KEELSON_BOOTSTRAP_KEY: 'from-the-environment' }).startOptions()
    expect(start.bootstrapKey).toBe('from-the-environment')
    expect(config({}, { KEELSON_API_KEY: 'kl_x' }).connection().apiKey).toBe('kl_x')
  })

  it('comes from no flag', () => {
    expect(config({ bootstrapKey: 'by-flag', apiKey: 'by-flag' }).startOptions()).not.toHaveProperty(
      'bootstrapKey',
    )
    expect(config({ apiKey: 'by-flag' }).connection().apiKey).toBeUndefined()
  })

  it.each(['apiKey', 'bootstrapKey'])('%s is refused in the file, and not repeated', name => {
    file({ [name]: 'very-secret' })
    const failure = failureOf(() => config())
    expect(failure.exitCode).toBe(2)
    expect(failure.message).toMatch(/KEELSON_(API|BOOTSTRAP)_KEY/)
    expect(failure.message).not.toContain('very-secret')
  })

  it('comes from a file of its own, without the line end, before the environment', () => {
    const path = join(folder, 'key')
    writeFileSync(path, 'kl_of-the-file\n')
    expect(config({ apiKeyFile: path }, { KEELSON_API_KEY: 'kl_x' }).connection().apiKey).toBe(
      'kl_of-the-file',
    )
    expect(failureOf(() => config({ apiKeyFile: `${path}.no` }).connection()).exitCode).toBe(2)
  })
})

describe('the database', () => {
  const url = 'postgres://me:hunter2@db.example:5433/events'
  const database = (flags = {}, environment = {}) => config(flags, environment).startOptions().database

  it('is a file unless a server is named', () => {
    expect(database()).toBeUndefined()
    expect(database({ database: url })).toBe(url)
    expect(database({}, { KEELSON_DATABASE_URL: url })).toBe(url)
    file({ database: 'postgres://db.example/events' })
    expect(database()).toBe('postgres://db.example/events')
    const options = { KEELSON_DATABASE_URL: url, KEELSON_SHARDS: '4', KEELSON_POOL_SIZE: '9' }
    expect(config({}, options).startOptions()).toMatchObject({ database: url, shards: 4, poolSize: 9 })
  })

  it('is the folder that the call names, whatever is set elsewhere', () => {
    expect(database({ dataDir: 'here' }, { KEELSON_DATABASE_URL: url })).toBeUndefined()
  })

  it.each([
    [{ database: 'mysql://me:hunter2@a/b' }],
    [{ database: 'postgres://me:hunter2@a:b/c' }],
    [{ database: 'hunter2' }],
    [{ database: url, dataDir: 'here' }],
    [{ database: url, maxBytes: '2000000' }],
    [{ shards: '2' }],
    [{ database: url, shards: '0' }],
    [{ database: url, poolSize: '3' }],
    [{ transport: 'amqp://me:hunter2@a.example' }],
    [{ transport: 'hunter2' }],
    [{ transport: 'nats://a.example', transportName: 'a.>' }],
  ])('is refused as %j, and nothing secret is repeated', flags => {
    const failure = failureOf(() => config(flags).startOptions())
    expect(failure.exitCode).toBe(2)
    expect(failure.message).not.toContain('hunter2')
  })

  it.each([
    { database: url },
    { database: 'postgres://db.example/events?password=hunter2' },
    { archive: 'https://a.example/b?sig=hunter2' },
    { transport: 'nats://me:hunter2@a.example:4222' },
    { transport: 'Endpoint=sb://a.example/;SharedAccessKeyName=k;SharedAccessKey=hunter2' },
  ])('is refused with its secret in the file: %j', content => {
    file(content)
    const failure = failureOf(() => config())
    expect(failure.exitCode).toBe(2)
    expect(failure.message).toMatch(/KEELSON_(DATABASE_URL|ARCHIVE|TRANSPORT_URL)/)
    expect(failure.message).not.toContain('hunter2')
  })
})

describe('the settings file', () => {
  it.each([
    ['no JSON', '{port: 1}'],
    ['a list', '[]'],
    ['an unknown setting', { prot: 1 }],
    ['a name of every object', '{"toString":"x"}'],
    ['a setting twice', '{"port":1,"port":2}'],
    ['a setting that is neither text nor number', { host: null }],
    ['a list of texts', { host: ['a'] }],
  ])('is refused with %s', (_, content) => {
    file(content)
    expect(failureOf(() => config()).exitCode).toBe(2)
  })
})

describe('a connection', () => {
  it('goes to this machine unless told otherwise', () => {
    expect(config().connection()).toEqual({
      url: 'http://127.0.0.1:4680',
      apiKey: undefined,
      tenant: undefined,
    })
    file({ url: 'https://a.example', tenant: 'acme' })
    expect(config().connection()).toMatchObject({ url: 'https://a.example', tenant: 'acme' })
  })

  it.each(['ftp://a', 'localhost:4680', 'http://', 'http://a b'])('is refused for %s', url => {
    expect(failureOf(() => config({ url }).connection()).exitCode).toBe(2)
  })

  it('is refused for a URL with a password, which is not repeated', () => {
    const failure = failureOf(() => config({ url: 'http://me:hunter2@a.example' }).connection())
    expect(failure.exitCode).toBe(2)
    expect(failure.message).not.toContain('hunter2')
  })
})
