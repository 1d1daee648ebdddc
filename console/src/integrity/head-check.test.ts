import {
  hashText,
  leafNode,
  noteText,
  parsePolicy,
  proveConsistency,
  rootOfInclusion,
  signCheckpoint,
  treeRoot,
  verifierKeyOf,
  verifierKeyText,
} from 'keelson/proof'
import { expect, it } from 'vitest'
import { checkHead, keepHead, readKept } from './head-check.ts'

const origin = 'keelson.test/t/acme/main'
const key = { name: origin, kind: 'author', seed: new Uint8Array(32).fill(7) } as const
const policy = parsePolicy(`log ${verifierKeyText(verifierKeyOf(key))}\nquorum none\n`)

/** The nodes of a log whose leaf `changed` is another one. */
const nodesOf = (changed?: number) => {
  const read = (level: number, index: number): string =>
    level === 0
      ? leafNode(index === changed ? 'another' : `leaf ${index}`)
      : (rootOfInclusion(read(level - 1, 2 * index), 0, 2, [read(level - 1, 2 * index + 1)]) as string)
  return read
}
const note = (size: number, read = nodesOf(), signer: typeof key = key): string =>
  noteText(signCheckpoint({ origin, size, root: treeRoot(read, size) }, signer))
const asking =
  (read = nodesOf()) =>
  async (from: number, to: number) =>
    proveConsistency(read, from, to).map(node => hashText(node, 'base64'))
const kept = (size: number) => ({ note: note(size), at: '2026-11-20T00:00:00.000Z' })
const state = async (...given: Parameters<typeof checkHead>) => (await checkHead(...given)).state

it('keeps the first head, and holds every later one to it', async () => {
  expect(await state(note(5), policy, undefined, asking())).toBe('kept')
  expect(await state(note(5), policy, kept(5), asking())).toBe('same')
  expect(await checkHead(note(9), policy, kept(5), asking())).toEqual({
    state: 'goes-on',
    from: 5,
    keptAt: '2026-11-20T00:00:00.000Z',
  })
  expect(await state(note(5), policy, kept(9), asking())).toBe('older')
})

it('finds a log that was rewritten and signed again with its true key', async () => {
  const rewritten = nodesOf(2)
  expect(await state(note(9, rewritten), policy, kept(5), asking(rewritten))).toBe('forked')
  expect(await state(note(5, rewritten), policy, kept(5), asking(rewritten))).toBe('forked')
  // One that was cut off has no proof to give.
  expect(await state(note(3), policy, kept(5), async () => undefined)).toBe('forked')
})

it('takes no head that the key has not signed', async () => {
  const other = { ...key, seed: new Uint8Array(32).fill(8) } as unknown as typeof key
  expect(await state(note(5, nodesOf(), other), policy, undefined, asking())).toBe('unsigned')
})

it('reads back what it has kept, and nothing else', () => {
  const map = new Map<string, string>()
  const storage = {
    getItem: (name: string) => map.get(name) ?? null,
    setItem: (name: string, value: string) => void map.set(name, value),
  } as unknown as Storage
  expect(readKept(storage, origin)).toBeUndefined()
  keepHead(storage, origin, 'a note', '2026-11-20T00:00:00.000Z')
  expect(readKept(storage, origin)).toEqual({ note: 'a note', at: '2026-11-20T00:00:00.000Z' })
  expect(readKept(storage, 'another')).toBeUndefined()
  map.set(`keelson.head.${origin}`, '{"note": 7}')
  expect(readKept(storage, origin)).toBeUndefined()
})
