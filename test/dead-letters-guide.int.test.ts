import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TestServer } from '../server/src/start/fixtures/test-server.ts'
import { startTestServer } from '../server/src/start/fixtures/test-server.ts'

const root = join(import.meta.dirname, '..')
let test: TestServer
let folder: string
beforeAll(async () => {
  // With the sample events, as `npm start` has them.
  test = await startTestServer({ isEmpty: false })
  folder = mkdtempSync(join(tmpdir(), 'keelson-guide-'))
  mkdirSync(join(folder, 'bin'))
  // `npx keelson` of a checkout is this command.
  const keelson = join(root, 'server/bin/keelson.js')
  writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${keelson}" "$@"\n`)
  chmodSync(join(folder, 'bin/npx'), 0o755)
})
afterAll(async () => {
  await test.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('the guide to dead letters holds what it says, command by command', async () => {
  const guide = readFileSync(join(root, 'docs/how-to/handle-dead-letters.md'), 'utf8')
  const commands = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(match => match[1] as string)
  // A consumer needs a moment to be told of a failure before it is a dead letter.
  const wait = 'until npx keelson dead-letters list invoices --json | grep -q fingerprint; do :; done\n'
  const script = commands.flatMap((text, at) => (at === 1 ? [wait, text] : [text])).join('\n')
  const path = [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter)
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env: {
      PATH: path,
      HOME: folder,
      KEELSON_URL: test.url,
      KEELSON_API_KEY: test.server.firstStart?.sample?.secret,
    },
  })
  expect(stdout).toContain('EditionError: there is no edition taem')
  expect(stdout).toContain('/editionCode  "taem" → "team"')
  expect(stdout).toContain('1 of 1 dead letter would be replayed.')
  expect(stdout).toContain('1 replayed')
  expect(stdout).toContain('0 dead letters discarded.')
}, 120_000)
