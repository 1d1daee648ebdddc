import { describe, expect, it } from 'vitest'
import { blobTarget } from './bundle-target.ts'
import { pour } from './fetch-bundle.ts'

const bytes = (length: number, value: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(value)

async function* inParts(...parts: readonly Uint8Array<ArrayBuffer>[]) {
  yield* parts
}

describe('a bundle that is poured into its target', () => {
  it('arrives byte for byte, in parts of any size', async () => {
    let blob = new Blob()
    const target = blobTarget(made => {
      blob = made
    })
    const parts = [bytes(5_000_000, 1), bytes(5_000_000, 2), bytes(3, 3), bytes(600, 0), bytes(424, 0)]
    const told: number[] = []
    await pour(inParts(...parts), target, so => told.push(so))
    await target.finish()
    expect(Buffer.from(await blob.arrayBuffer()).equals(Buffer.concat(parts))).toBe(true)
    expect(told).toEqual([5_000_000, 10_000_000])
  })

  it.each([
    ['without the end of a tar', [bytes(5_000, 1)]],
    ['within the end of a tar', [bytes(1_024, 1), bytes(1_023, 0)]],
    ['before anything came', []],
  ])('is refused where it breaks off %s', async (_, parts) => {
    const target = blobTarget(() => expect.fail('it was handed over'))
    await expect(pour(inParts(...parts), target, () => undefined)).rejects.toMatchObject({
      code: 'bundle_broken_off',
    })
  })
})
