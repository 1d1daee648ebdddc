import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { serve, startDefaults } from '@keelson/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../server/src/start/fixtures/test-server.ts'
import { startTestServer } from '../server/src/start/fixtures/test-server.ts'

const root = join(import.meta.dirname, '..')
const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0
const hasTools = has('openssl', 'version') && has('jq', '--version') && has('curl', '--version')
/** Where Debian's golang-golang-x-mod-dev puts its sources. */
const goSources = '/usr/share/gocode/src/golang.org/x/mod'
const hasGo = hasTools && existsSync(goSources) && has('go', 'version')

/** What a guide tells to run, as it stands there. */
function commandsOf(guide: string, language = 'sh'): string {
  const text = readFileSync(join(root, 'docs/how-to', guide), 'utf8')
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))]
  expect(found.length, guide).toBeGreaterThan(0)
  return found.map(match => match[1] as string).join('\n')
}

describe.skipIf(!hasTools)('the guides to the tenant log (skipped without openssl, jq and curl)', () => {
  let test: TestServer
  let folder: string
  beforeAll(async () => {
    // With the sample events, as `npm start` has them.
    test = await startTestServer({ isEmpty: false })
    folder = mkdtempSync(join(tmpdir(), 'keelson-log-guides-'))
    mkdirSync(join(folder, 'bin'))
    // `npx keelson` of a checkout is this command.
    const keelson = join(root, 'server/bin/keelson.js')
    writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${keelson}" "$@"\n`)
    chmodSync(join(folder, 'bin/npx'), 0o755)
  }, 60_000)
  afterAll(async () => {
    await test.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Runs a guide in a folder of its own, with a key of its own, and gives what it printed. */
  async function run(script: string, key: string | undefined, where = mkdtempSync(join(folder, 'work-'))) {
    const path = [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter)
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-eo', 'pipefail', '-c', script], {
      cwd: where,
      env: { PATH: path, HOME: folder, KEELSON_URL: test.url, KEELSON_API_KEY: key },
    })
    return { stdout, where }
  }
  const sampleKey = () => test.server.firstStart?.sample?.secret

  it('prove an event', { timeout: 60_000 }, async ({ skip }) => {
    const { stdout, where } = await run(commandsOf('prove-an-event.md'), sampleKey())
    for (const line of [
      'verified: ',
      'the body is the one of the leaf',
      'a personal field that the body has',
      'the leaf is in the tree',
      'Signature Verified Successfully',
    ])
      expect(stdout).toContain(line)
    if (!hasGo) return skip('golang-golang-x-mod-dev is not installed')
    writeFileSync(join(where, 'main.go'), commandsOf('prove-an-event.md', 'go'))
    const mod = `module check\n\ngo 1.19\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ${goSources}\n`
    writeFileSync(join(where, 'go.mod'), mod)
    const environment = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off' }
    const go = await promisify(execFile)('go', ['run', '.'], { cwd: where, env: environment })
    expect(go.stdout).toMatch(/"id":"evt-proved"[\s\S]*is entry \d+ of keelson\.local\/t\/sample\/main/)
  })

  it('export and verify evidence', { timeout: 60_000 }, async () => {
    const { stdout } = await run(commandsOf('export-and-verify-evidence.md'), sampleKey())
    expect(stdout).toMatch(/exported without personal fields[\s\S]*goes on from the checkpoint of/)
    expect(stdout).toMatch(/body_altered[\s\S]*exit code 1[\s\S]*leaves as they were signed/)
  })

  it('run a witness', { timeout: 60_000 }, async () => {
    const script = commandsOf('run-a-witness.md').replace('127.0.0.1:4690', '127.0.0.1:0')
    const { stdout } = await run(script, test.keys.acme.admin)
    expect(stdout).toMatch(/witness witness\.example\.com\+\S+ http:\/\/127\.0\.0\.1:\d+ acme\nquorum 1/)
  })

  it('erase a person', { timeout: 60_000 }, async () => {
    const { stdout } = await run(commandsOf('erase-a-person.md'), test.keys.globex.admin)
    const [before, after] = stdout.split('completed')
    expect(before).toContain('awaiting-approval')
    expect(after).toMatch(/leaf \d+[\s\S]*"_sd"[\s\S]*verified: [\s\S]* \d+ fields? erased/)
    expect(after).not.toContain('Lovelace')
  })

  it('retention, redaction and holds', { timeout: 60_000 }, async () => {
    const { stdout } = await run(commandsOf('retention-and-holds.md'), test.keys.acme.admin)
    expect(stdout).toMatch(/trade@1[\s\S]*is locked[\s\S]*logins@1: 0 events would be removed/)
    expect(stdout).toMatch(/is set[\s\S]*is released[\s\S]*redaction redaction-\S+ is done/)
  })

  it('keep the keys', { timeout: 60_000 }, async () => {
    const where = mkdtempSync(join(folder, 'work-'))
    const options = { ...startDefaults, port: 0, dataDir: join(where, '.keelson'), isEmpty: false }
    await (await serve({ ...options, durability: 'relaxed' })).stop()
    const { stdout } = await run(commandsOf('keep-the-keys.md'), undefined, where)
    expect(stdout).toMatch(/sample +sound[\s\S]*newest root key: [1-9][\s\S]*newest root key: 0/)
    expect(stdout).toMatch(/wrapped under a new one[\s\S]*sample +sound/)
    expect(readFileSync(join(where, '.keelson/master.key'), 'utf8')).not.toBe(
      readFileSync(join(where, 'kept-elsewhere.key'), 'utf8'),
    )
  })
})
