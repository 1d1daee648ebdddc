import { hash } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { NodeHash, SignerKey } from '../../proof/index.ts'
import {
  cosignedAt,
  emptyRoot,
  leafNode,
  MerkleTree,
  noteText,
  parseNote,
  parseVerifierKey,
  proveConsistency,
  signCheckpoint,
  verifierKeyOf,
  verifierKeyText,
} from '../../proof/index.ts'
import { createNodeReader } from '../log/proof/node-reader.ts'
import { addCheckpointText, longestRequest, proofLines } from './add-checkpoint.ts'
import type { Witness } from './witness.ts'
import { openWitness } from './witness.ts'
import { WitnessClient } from './witness-client.ts'
import { witnessHandler } from './witness-handler.ts'

const origin = 'log.test/t/acme/main'
const keyFor = (name: string, turn = 0): SignerKey => ({
  name,
  kind: 'author',
  seed: Buffer.from(hash('sha256', `${name} ${turn}`, 'hex'), 'hex'),
})
const vkey = (key: SignerKey): string => verifierKeyText(verifierKeyOf(key))
const clock = { now: () => Date.parse('2026-11-21T12:00:00Z') }

/** A log of leaves that are told apart by a word, so that two logs of one origin can contradict each other. */
function testLog(word = 'leaf', key = keyFor(origin)) {
  const leaves: NodeHash[] = Array.from({ length: 700 }, (_, at) => leafNode(`${word} ${at}`))
  const note = (size: number): string => {
    const tree = new MerkleTree()
    for (const leaf of leaves.slice(0, size)) tree.append(leaf)
    return noteText(signCheckpoint({ origin: key.name, size, root: tree.root() }, key))
  }
  const proof = (from: number, to: number): string[] =>
    proofLines(proveConsistency(createNodeReader(leaves.slice(0, to)), from, to))
  const request = (from: number, to: number) => addCheckpointText(from, proof(from, to), note(to))
  return { note, proof, request }
}

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-witness-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const open = (folder = newFolder(), more: object = {}): Promise<Witness> =>
  openWitness({ folder, logs: [vkey(keyFor(origin)), vkey(keyFor(origin, 1))], clock, ...more })

describe('a witness', () => {
  it('signs what goes on from what it has seen, also after a restart', async () => {
    const folder = newFolder()
    const log = testLog()
    const witness = await open(folder, { name: 'w.test' })
    const first = await witness.addCheckpoint(log.request(0, 1))
    expect(first.status).toBe(200)
    const signed = parseNote(`${parseNote(log.note(1)).text}\n${first.body}`)
    expect(cosignedAt(signed, parseVerifierKey(witness.verifierKey))).toBe(clock.now() / 1000)
    expect((await witness.addCheckpoint(log.request(1, 300))).status).toBe(200)
    const again = await open(folder)
    expect(again.verifierKey).toBe(witness.verifierKey)
    expect(await again.addCheckpoint(log.request(0, 600))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      body: '300\n',
    })
    expect((await again.addCheckpoint(log.request(300, 300))).status).toBe(200)
    expect((await again.addCheckpoint(log.request(300, 600))).status).toBe(200)
  })

  it('refuses as the specification says', async () => {
    const folder = newFolder()
    const witness = await open(folder)
    const [log, fork] = [testLog(), testLog('other')]
    await witness.addCheckpoint(log.request(0, 300))
    const status = async (body: string) => (await witness.addCheckpoint(body)).status
    expect(await status(testLog('x', keyFor('nobody')).request(0, 1))).toBe(404)
    expect(await status(testLog('leaf', keyFor(origin, 7)).request(300, 301))).toBe(403)
    expect(await status(addCheckpointText(301, [], log.note(300)))).toBe(400)
    expect(await status(addCheckpointText(299, log.proof(299, 301), log.note(301)))).toBe(409)
    expect(await status(addCheckpointText(300, log.proof(299, 301), log.note(301)))).toBe(422)
    expect(await status(addCheckpointText(300, [], log.note(301)))).toBe(422)
    expect(await status(fork.request(300, 600))).toBe(422)
    expect(await status(fork.request(300, 300))).toBe(409)
    const zero = noteText(signCheckpoint({ origin, size: 0, root: leafNode('x') }, keyFor(origin)))
    expect((await (await open()).addCheckpoint(addCheckpointText(0, [], zero))).status).toBe(409)
    const empty = noteText(signCheckpoint({ origin, size: 0, root: emptyRoot }, keyFor(origin)))
    expect((await (await open()).addCheckpoint(addCheckpointText(0, [], empty))).status).toBe(200)
    expect(
      (await (await open()).addCheckpoint(addCheckpointText(0, log.proof(1, 3), log.note(3)))).status,
    ).toBe(422)
    for (const body of ['', 'old 1', 'old 01\n\nx', 'old -1\n\n', `old 0\nxx\n\n${log.note(1)}`, 'new 3\n\n'])
      expect(await status(body)).toBe(400)
    const lines = Array.from({ length: 64 }, () => log.proof(1, 2)[0] ?? '')
    expect(await status(addCheckpointText(300, lines, log.note(301)))).toBe(400)
    // What was refused has moved nothing, and what contradicts is kept.
    expect(await status(log.request(300, 301))).toBe(200)
    expect(readdirSync(join(folder, 'evidence')).length).toBe(3)
  })

  it('takes any key of the log, and signs one of two requests that race', async () => {
    const witness = await open()
    const [log, next] = [testLog(), testLog('leaf', keyFor(origin, 1))]
    const answers = await Promise.all([
      witness.addCheckpoint(log.request(0, 200)),
      witness.addCheckpoint(next.request(0, 100)),
      witness.addCheckpoint(log.request(0, 300)),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect((await witness.addCheckpoint(next.request(200, 500))).status).toBe(200)
  })

  it('keeps its key for itself, and does not sign with a damaged memory', async () => {
    const folder = newFolder()
    const log = testLog()
    await (await open(folder)).addCheckpoint(log.request(0, 5))
    const [kept = ''] = readdirSync(join(folder, 'log'))
    expect([join(folder, 'key'), join(folder, 'log', kept)].map(path => statSync(path).mode & 0o777)).toEqual(
      [0o600, 0o600],
    )
    writeFileSync(join(folder, 'log', kept), 'damaged')
    await expect((await open(folder)).addCheckpoint(log.request(5, 6))).rejects.toThrow(TypeError)
    await expect(open(folder, { name: 'other' })).rejects.toMatchObject({ code: 'key_ring_wrong' })
    chmodSync(join(folder, 'key'), 0o644)
    await expect(open(folder)).rejects.toThrow('mode 600')
    const secret = readFileSync(join(folder, 'key'), 'utf8').split('\n')[1] ?? ''
    writeFileSync(join(folder, 'key'), `x\n${secret}\n`, { mode: 0o600 })
    const error = await open(folder).catch((thrown: Error) => thrown)
    expect(String(error)).not.toContain(secret)
    await expect(open(newFolder(), { logs: ['x'] })).rejects.toThrow('verifier key')
  })
})

describe('a witness over HTTP', () => {
  async function served(witness: Witness) {
    const server = createServer(witnessHandler(witness))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return {
      url,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections()
        await new Promise(resolve => server.close(resolve))
      },
    }
  }

  const request = (log: ReturnType<typeof testLog>, size: number) => ({
    origin,
    size,
    checkpoint: log.note(size),
    consistency: async (from: number) => log.proof(from, size),
  })

  it('signs for a client that does not know how far it is', async () => {
    const witness = await open()
    await using server = await served(witness)
    const log = testLog()
    const address = { url: `${server.url}/`, key: witness.verifierKey }
    await new WitnessClient(address).cosign(request(log, 257))
    const client = new WitnessClient(address)
    for (const size of [257, 258, 600]) {
      const line = await client.cosign(request(log, size))
      const { text } = parseNote(log.note(size))
      expect(cosignedAt(parseNote(`${text}\n${line}`), client.key)).toBeDefined()
    }
    const unknown = testLog('x', keyFor('nobody'))
    const asked = { ...request(unknown, 3), origin: 'nobody' }
    await expect(client.cosign(asked)).rejects.toThrow('does not know this log: nobody (404)')
    await expect(client.cosign(request(log, 500))).rejects.toThrow('has seen 600 entries')
    await expect(client.cosign(request(testLog('other'), 600))).rejects.toThrow('another root')
    await expect(client.cosign(request(testLog('other'), 700))).rejects.toThrow('answers with 422')
  })

  it('takes nothing but checkpoints, and no more than it needs', async () => {
    await using server = await served(await open())
    const status = async (path: string, init?: RequestInit) =>
      (await fetch(`${server.url}${path}`, init)).status
    expect(await status('/')).toBe(404)
    expect(await status('/add-checkpoint')).toBe(405)
    expect(await status('/add-checkpoint', { method: 'POST', body: 'x'.repeat(longestRequest + 1) })).toBe(
      413,
    )
    expect(await status('/add-checkpoint', { method: 'POST', body: 'x' })).toBe(400)
  })

  it('is not believed where it answers with what it did not sign', async () => {
    const log = testLog()
    const key = vkey({ ...keyFor('w.test'), kind: 'witness' })
    const client = (status: number, body: string, type = 'text/plain') =>
      new WitnessClient(
        { url: 'http://witness.test', key },
        { fetch: async () => new Response(body, { status, headers: { 'Content-Type': type } }) },
      )
    const [, , , , line = ''] = log.note(3).split('\n')
    for (const [status, body, type] of [
      [200, ''],
      [200, `${line}\n`],
      [200, 'x'.repeat(longestRequest * 2)],
      [409, '5\n'],
      [409, 'x\n', 'text/x.tlog.size'],
      [409, '1\n', 'text/x.tlog.size'],
      [500, ''],
    ] as const)
      await expect(client(status, body, type).cosign(request(log, 3))).rejects.toMatchObject({
        code: 'witness_refused',
      })
    expect(() => new WitnessClient({ url: 'ftp://x', key })).toThrow('http')
    expect(() => new WitnessClient({ url: 'http://x', key: vkey(keyFor('x')) })).toThrow('none of a witness')
  })

  it('is waited for only so long', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = new WitnessClient(
      { url, key: vkey({ ...keyFor('w.test'), kind: 'witness' }) },
      { timeout: 50 },
    )
    await expect(client.cosign(request(testLog(), 3))).rejects.toThrow(/timeout/i)
    server.closeAllConnections()
    server.close()
  })
})
