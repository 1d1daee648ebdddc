import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { AesRootKey } from './aes-root-key.ts'

const secret = new Uint8Array(32).fill(7)

/** A file that can be changed, whose readings end when they are told to, in any order. */
function heldFile(first: Uint8Array) {
  const readings: (() => void)[] = []
  const file = { keys: [first] }
  const copies = () => file.keys.map(key => key.slice())
  const read = () => {
    const { promise, resolve } = Promise.withResolvers<readonly Uint8Array[]>()
    const found = copies()
    readings.push(() => resolve(found))
    return promise
  }
  const root = new AesRootKey('the file', copies(), bytes => void bytes.fill(1), read)
  return { file, root, end: (at: number) => readings[at]?.() }
}

test('two that wrap at once wrap by the key, whichever reads the file last', async () => {
  const key = Uint8Array.from(randomBytes(32))
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const { root, end } = heldFile(key)
    const wrapping = [root.wrap(secret, 'acme'), root.wrap(secret, 'acme')]
    for (const at of order) end(at)
    const other = new AesRootKey('another process', [key.slice()], () => undefined, undefined)
    for (const wrapped of await Promise.all(wrapping))
      expect(await other.unwrap(wrapped, 'acme')).toEqual(secret)
  }
})

test('a reading of the file from before it was changed does not bring back what it had', async () => {
  const [older, newer] = [Uint8Array.from(randomBytes(32)), Uint8Array.from(randomBytes(32))]
  const { file, root, end } = heldFile(older)
  const early = root.wrap(secret, 'acme')
  file.keys = [newer, older]
  const late = root.wrap(secret, 'acme')
  end(1)
  const wrapped = await late
  end(0)
  await early
  expect(await root.isCurrent(wrapped)).toBe(true)
})

test('what is read while the root key is closed is not held', async () => {
  const { root, end } = heldFile(Uint8Array.from(randomBytes(32)))
  const wrapping = root.wrap(secret, 'acme')
  await root.close()
  end(0)
  await expect(wrapping).rejects.toMatchObject({ code: 'key_ring_locked' })
})
