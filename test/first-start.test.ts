import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventPage } from '@keelson/server/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReadyLine } from './process/keelson.ts'
import { callApi, KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

let scratch: string
beforeAll(async () => {
  scratch = await scratchFolder('first-start')
})
afterAll(() => removeFolder(scratch))

const chosenKey = 'a-key-that-the-operator-chose'
const anyKey = /kl_[\w-]+/g

async function emptyFolder(name: string): Promise<string> {
  const folder = join(scratch, name)
  await mkdir(folder)
  return folder
}

/** Starts in a folder, waits until all is printed, gives that to `look`, and stops. */
async function start<Result>(
  folder: string,
  options: { readonly args?: readonly string[]; readonly environment?: Readonly<Record<string, string>> },
  look: (keelson: KeelsonProcess) => Promise<Result>,
): Promise<Result> {
  const { args = [], environment = {} } = options
  const keelson = new KeelsonProcess(['start', '--port', '0', ...args], { folder, environment })
  try {
    await keelson.printed(/Stop with Ctrl-C\.|^\{.*\}$/m)
    return await look(keelson)
  } finally {
    expect(await keelson.end('SIGTERM'), keelson.errors).toBe(0)
    expect(keelson.errors).not.toMatch(anyKey)
  }
}

const lineOf = (output: string, label: string): string =>
  new RegExp(`^ {2}${label} +(.+)$`, 'm').exec(output)?.[1] ?? ''

/** What the printed command would send. */
function printedCommand(output: string): {
  readonly url: string
  readonly key: string
  readonly body: unknown
} {
  const command = /curl (\S+) -H 'Authorization: Bearer (\S+)'.* -d '(.+)'/s.exec(output)
  const [, url = '', key = '', body = ''] = command ?? []
  return { url, key, body: JSON.parse(body) }
}

const newest = async (url: string, key: string): Promise<EventPage> => {
  const { status, body } = await callApi(url, '/v1/events?limit=1', { key })
  expect(status).toBe(200)
  return body as EventPage
}

test('a first start prints what one needs for the first event, and a second one no key again', async () => {
  const folder = await emptyFolder('banner')
  const first = await start(folder, {}, async ({ output }) => {
    const url = lineOf(output, 'Console')
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(lineOf(output, 'Data')).toBe(
      `${join(folder, '.keelson', 'keelson.db')} (an acknowledged event is on disk)`,
    )
    const [sampleKey = '', sampleNote] = lineOf(output, 'Sample key').split(/ {2}/)
    const [platformKey = '', platformNote] = lineOf(output, 'Platform key').split(/ {2}/)
    expect(sampleKey).toMatch(/^kl_[\w-]{43}$/)
    expect(platformKey).toMatch(/^kl_[\w-]{43}$/)
    expect(platformKey).not.toBe(sampleKey)
    expect(platformNote).toBe('(makes tenants)')
    // Each key on its line, and the first once more in the command that is to be tried.
    expect(output.match(anyKey)).toEqual([sampleKey, platformKey, sampleKey])

    const { data, head } = await newest(url, sampleKey)
    expect(sampleNote).toBe(`(administrator of the tenant "${data[0]?.tenantId}", ${head} events)`)
    const command = printedCommand(output)
    expect(command).toMatchObject({ url: `${url}/v1/events`, key: sampleKey })
    const sent = await callApi(url, '/v1/events', { key: command.key, method: 'POST', body: command.body })
    expect(sent).toMatchObject({ status: 201, body: { position: head + 1 } })
    expect((await newest(url, sampleKey)).data).toMatchObject([
      { position: head + 1, ...(command.body as object) },
    ])
    return { sampleKey, platformKey, head }
  })

  await start(folder, {}, async ({ output }) => {
    expect(output).not.toMatch(anyKey)
    expect(output).not.toMatch(/key|curl/i)
    const url = lineOf(output, 'Console')
    // The keys of the first start still hold, and it made its events only then.
    expect((await newest(url, first.sampleKey)).head).toBe(first.head + 1)
    expect(await callApi(url, '/v1/tenants', { key: first.platformKey })).toMatchObject({
      status: 200,
      body: { data: [{ id: 'sample' }] },
    })
  })
  expect(await readdir(folder)).toEqual(['.keelson'])
})

test('for programs, a first start prints one line with the keys, and a second one without', async () => {
  const folder = await emptyFolder('json')
  const args = ['--json']
  const first = await start(folder, { args }, async keelson => {
    const ready = await keelson.ready()
    expect(keelson.output).toBe(`${JSON.stringify(ready)}\n`)
    expect(Object.keys(ready).sort()).toEqual(
      [
        'dataDir',
        'durability',
        'platformKey',
        'sampleKey',
        'sampleTenant',
        'transport',
        'url',
        'version',
      ].sort(),
    )
    expect((await newest(ready.url, ready.sampleKey as string)).head).toBeGreaterThan(300)
    return ready
  })
  await start(folder, { args }, async keelson => {
    const { platformKey, sampleKey, sampleTenant, ...kept } = first
    const ready: ReadyLine = await keelson.ready()
    expect(ready).toEqual({ ...kept, url: ready.url })
    expect((await callApi(ready.url, '/v1/me', { key: platformKey as string })).status).toBe(200)
  })
})

test('without a sample there is the platform key alone, and the command says what it needs', async () => {
  const folder = await emptyFolder('empty')
  await start(folder, { args: ['--empty'] }, async ({ output }) => {
    const [platformKey = ''] = lineOf(output, 'Platform key').split(' ')
    expect(output.match(anyKey)).toEqual([platformKey, platformKey])
    expect(output).toContain("-H 'Keelson-Tenant: <tenant>'")
    const url = lineOf(output, 'Console')
    const { body } = await callApi(url, '/v1/tenants', { key: platformKey })
    expect(body).toEqual({ data: [] })
  })
})

test('a key that the operator chose is never printed', async () => {
  const folder = await emptyFolder('chosen')
  const options = { args: ['--empty'], environment: { KEELSON_BOOTSTRAP_KEY: chosenKey } }
  for (const _ of ['first', 'second']) {
    await start(folder, options, async ({ output, errors }) => {
      expect(output + errors).not.toContain(chosenKey)
      expect(output).not.toMatch(anyKey)
      const me = await callApi(lineOf(output, 'Console'), '/v1/me', { key: chosenKey })
      expect(me).toMatchObject({ status: 200, body: { role: 'platform-admin' } })
    })
  }
})
