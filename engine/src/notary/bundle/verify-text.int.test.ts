import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseNote, verifyBundle } from '../../proof/index.ts'
import { OpensslAuthority } from '../timestamp/fixtures/openssl-authority.ts'
import { timestampRequest } from '../timestamp/timestamp-token.ts'
import type { BundleLog } from './bundle-head.ts'
import { BundleLogFixture } from './fixtures/bundle-log.ts'
import { filesSource } from './fixtures/files-source.ts'
import { createFolderSink } from './folder-sink.ts'

const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0
const hasTools = has('openssl', 'version') && has('jq', '--version') && has('sha256sum', '--version')
/** Where Debian's golang-golang-x-mod-dev puts its sources. */
const sources = '/usr/share/gocode/src/golang.org/x/mod'
const hasGo = hasTools && existsSync(sources) && has('go', 'version')

let folder = ''
let whole = ''
let part = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-verify-'))
  const log = await BundleLogFixture.open()
  await log.fill(700)
  whole = join(folder, 'whole')
  part = join(folder, 'part')
  await log.export({ store: log.plain, sink: await createFolderSink(whole) })
  await log.export({ store: log.plain, sink: await createFolderSink(part), from: 300, to: 310 })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The commands of a bundle's VERIFY.md in one language. */
function commands(bundle: string, language: string): string[] {
  const text = readFileSync(join(bundle, 'VERIFY.md'), 'utf8')
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, found, code = '']) =>
    found === language ? [code] : [],
  )
}

const run = (bundle: string, command: string): string => {
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: bundle, encoding: 'utf8' })
  return (stdout + stderr).trim()
}

describe.skipIf(!hasTools)('VERIFY.md (skipped without sha256sum, openssl and jq)', () => {
  it.each(['whole', 'part'])(
    'has commands that find the %s bundle in order, and leave nothing behind',
    name => {
      const bundle = join(folder, name)
      const before = readdirSync(bundle, { recursive: true }).sort()
      const found = commands(bundle, 'sh').map(command => run(bundle, command))
      const signed = 'Signature Verified Successfully'
      expect(found).toEqual(['ok', signed, signed, 'ok', 'ok', 'ok'])
      expect(readdirSync(bundle, { recursive: true }).sort()).toEqual(before)
    },
  )

  it.each([
    ['leaves.ndjson', '"evt-0"', '"evt-9"', [0, 4]],
    ['bodies.ndjson', 'evt-0', 'evt-9', [0, 5]],
    ['checkpoint', '700', '701', [0, 1]],
    ['tile/0/000', '', '\0', [0, 4]],
    ['manifest.json', '"from": 0', '"from": 1', [3]],
    ['manifest.note', 'keelson/v1', 'keelson/v2', [2]],
  ] as const)('has commands that find out a changed %s', (file, from, to, wrong) => {
    const bundle = join(folder, 'changed')
    cpSync(whole, bundle, { recursive: true })
    const bytes = readFileSync(join(bundle, file), 'latin1')
    // The first byte of a tile may be any.
    const other = bytes[0] === to ? '\u0001' : to
    const changed = from === '' ? other + bytes.slice(1) : bytes.replace(from, to)
    writeFileSync(join(bundle, file), changed, 'latin1')
    const isFine = commands(bundle, 'sh').map(command =>
      /^(ok|Signature Verified Successfully)$/.test(run(bundle, command)),
    )
    expect(isFine.flatMap((fine, at) => (fine ? [] : [at]))).toEqual(wrong)
    rmSync(bundle, { recursive: true })
  })
})

describe.skipIf(!hasTools)('VERIFY.md with time stamps (skipped without openssl)', () => {
  it('has a command that holds them to the certificates of the authority', async () => {
    await using authority = new OpensslAuthority()
    const log = await BundleLogFixture.open()
    await log.fill(3)
    const first = parseNote(await log.notary.checkpointNow()).text
    const stamp = authority.answer(Buffer.from(timestampRequest(first, 1n)))
    await log.fill(2)
    const notary: BundleLog = Object.assign(log.notary, {
      stampedBefore: async () => 3,
      timestamp: async (_: string, size: number) => (size === 3 ? stamp : undefined),
    })
    const bundle = join(folder, 'stamped')
    await log.export({ store: log.plain, notary, sink: await createFolderSink(bundle) })
    const { sink } = await log.export({ store: log.plain, notary })
    expect(await verifyBundle(filesSource(sink.files))).toMatchObject({
      isVerified: true,
      log: { continues: [3], timestamps: [{ size: 3 }] },
    })
    writeFileSync(join(folder, 'ca.pem'), authority.trusted)
    const [command = ''] = commands(bundle, 'sh').filter(one => one.includes('openssl ts'))
    const told = (): string => run(bundle, `TSA_CA=../ca.pem; ${command}`)
    expect(told()).toMatch(/^Verification: OK$[\s\S]*^Time stamp: /m)
    cpSync(join(bundle, 'checkpoint'), join(bundle, 'checkpoint.prev'))
    expect(told()).toContain('Verification: FAILED')
  })
})

describe.skipIf(!hasGo)("VERIFY.md's programs in Go (skipped without golang-golang-x-mod-dev)", () => {
  const programs = new Map<string, string>()
  const check = (name: string, bundle: string) =>
    spawnSync(programs.get(name) ?? '', { cwd: bundle, encoding: 'utf8' })
  beforeAll(() => {
    for (const name of ['whole', 'part']) {
      const [code = '', ...others] = commands(join(folder, name), 'go')
      expect(others).toEqual([])
      const place = join(folder, `go-${name}`)
      mkdirSync(place)
      programs.set(name, join(place, 'check'))
      writeFileSync(join(place, 'main.go'), code)
      const mod = `module check\n\ngo 1.19\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ${sources}\n`
      writeFileSync(join(place, 'go.mod'), mod)
      const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off' }
      execFileSync('go', ['build', '-o', join(place, 'check'), '.'], { cwd: place, env, stdio: 'pipe' })
    }
  }, 120_000)

  it.each([
    ['whole', 'leaves.ndjson', '"evt-5"'],
    ['part', 'leaves.ndjson', '"evt-305"'],
    ['part', 'tile/0/001', '\0'],
    ['part', 'tile/1/000.p/2', '\0'],
  ])('finds the %s bundle in order, and a changed %s out', (name, file, text) => {
    const bundle = join(folder, 'changed-for-go')
    cpSync(join(folder, name), bundle, { recursive: true })
    expect(check(name, bundle)).toMatchObject({ status: 0, stdout: 'ok\n' })
    const bytes = readFileSync(join(bundle, file), 'latin1')
    const at = text === '\0' ? 0 : bytes.indexOf(text) + 1
    expect(at).toBeGreaterThanOrEqual(0)
    const other = String.fromCharCode(bytes.charCodeAt(at) ^ 1)
    writeFileSync(join(bundle, file), bytes.slice(0, at) + other + bytes.slice(at + 1), 'latin1')
    expect(check(name, bundle)).toMatchObject({ status: 1, stdout: '' })
    rmSync(bundle, { recursive: true })
  })
})
