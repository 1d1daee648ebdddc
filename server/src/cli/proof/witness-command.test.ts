import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  cosignedAt,
  leafNode,
  MerkleTree,
  noteText,
  parseNote,
  parseVerifierKey,
  signCheckpoint,
  verifierKeyOf,
  verifierKeyText,
} from 'keelson/proof'
import { expect, it } from 'vitest'
import { runKeelson, startKeelson } from '../fixtures/keelson-process.ts'

const signer = { name: 'log.test/t/acme/main', kind: 'author', seed: Buffer.alloc(32, 7) } as const
const log = verifierKeyText(verifierKeyOf(signer))

function requestFor(size: number): string {
  const tree = new MerkleTree()
  for (let at = 0; at < size; at += 1) tree.append(leafNode(`leaf ${at}`))
  return `old 0\n\n${noteText(signCheckpoint({ origin: signer.name, size, root: tree.root() }, signer))}`
}

it('signs for the logs that it was given, under a key that stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-witness-'))
  try {
    const args = ['witness', '--state', join(folder, 'w'), '--log', log, '--listen', '127.0.0.1:0', '--json']
    const first = startKeelson([...args, '--name', 'w.test'])
    const { url, key } = JSON.parse(await first.printed(/\n/)) as { url: string; key: string }
    expect(key).toMatch(/^w\.test\+/)
    const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: requestFor(3) })
    expect(answer.status).toBe(200)
    const { text } = parseNote(requestFor(3).slice('old 0\n\n'.length))
    expect(cosignedAt(parseNote(`${text}\n${await answer.text()}`), parseVerifierKey(key))).toBeDefined()
    first.child.kill('SIGTERM')
    expect((await first.ended).code).toBe(0)
    const second = startKeelson(args)
    const again = JSON.parse(await second.printed(/\n/)) as { url: string; key: string }
    expect(again.key).toBe(key)
    const stale = await fetch(`${again.url}/add-checkpoint`, { method: 'POST', body: requestFor(4) })
    expect([stale.status, await stale.text()]).toEqual([409, '3\n'])
    second.child.kill('SIGTERM')
    expect((await second.ended).code).toBe(0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it.concurrent.each([
  [['--state', 'x', '--log', 'no-key'], 'verifier key'],
  [['--state', 'x', '--log', log, '--listen', 'nowhere'], 'no host and port'],
  [['--log', log], "required option '--state"],
])('tells a wrong use: %j', async (args, told) => {
  const { code, err } = await runKeelson(['witness', ...args])
  expect([code, err.includes(told)]).toEqual([2, true])
})
