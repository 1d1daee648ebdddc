import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TemporaryNats } from '../engine/src/transport/nats/fixtures/nats-server.ts'
import { temporaryNats } from '../engine/src/transport/nats/fixtures/nats-server.ts'
import { runKeelson } from '../server/src/cli/fixtures/keelson-process.ts'

let folder: string
let nats: TemporaryNats
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-broker-'))
  nats = await temporaryNats({ config: 'authorization { user: keelson, password: "s3cret-word" }' })
})
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const check = ['start', '--check', '--empty', '--port', '0', '--data-dir']
const run = (args: readonly string[], password: string) =>
  runKeelson(args, {
    folder,
    environment: { KEELSON_TRANSPORT_URL: `nats://keelson:${password}@127.0.0.1:${nats.port}` },
  })

describe('a broker that asks for a password', () => {
  it.each([
    ['keelson topology diff', ['topology', 'diff']],
    ['keelson start --check', [...check, 'refused']],
  ])('refuses a wrong one to %s', async (_, args) => {
    const { code, out, err } = await run(args, 'hunter2')
    expect([code, out]).toEqual([4, ''])
    expect(err).toContain('transport_denied')
    expect(err).not.toContain('hunter2')
  })

  it('is in order with the right one', async () => {
    const { code, out } = await run([...check, 'taken'], 's3cret-word')
    expect([code, out]).toEqual([0, 'Everything is in order.\n'])
  })
})
