import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ArchivedEvent, SegmentContent } from './segment-content.ts'
import { decodeSegment, encodeSegment, segmentHash } from './segment-content.ts'

const text = fc.string({ unit: 'grapheme' })
const event: fc.Arbitrary<ArchivedEvent> = fc.record({
  version: fc.nat(),
  position: fc.nat(),
  eventId: text,
  blind: text,
  body: text,
})
const content: fc.Arbitrary<SegmentContent> = fc.record({
  tenantId: text,
  stream: text,
  events: fc.array(event, { maxLength: 20 }),
})

const packed = (text: string) => {
  const bytes = gzipSync(text)
  return { bytes, hash: segmentHash(bytes) }
}
const head = (events: number) =>
  JSON.stringify({ format: 'keelson/v1 archive-segment', tenantId: 'a', stream: 's', events })

describe('a segment', () => {
  it('comes back as it was, whatever texts are in it', async () => {
    const same = async (one: SegmentContent) => {
      expect(await decodeSegment(await encodeSegment(one))).toEqual(one)
    }
    await fc.assert(fc.asyncProperty(content, same))
  })

  it('is the same bytes for the same content', async () => {
    const one = { tenantId: 'a', stream: 's', events: [] }
    expect((await encodeSegment(one)).hash).toBe((await encodeSegment(one)).hash)
  })

  it('is refused by its hash before anything is unpacked', async () => {
    const { hash } = packed(head(0))
    const { bytes } = packed(`${head(0)}\n`)
    await expect(decodeSegment({ bytes, hash })).rejects.toThrow('its hash is not the one that was recorded')
  })

  it.each([
    ['a line is missing', `${head(1)}\n`],
    ['a line is too many', `${head(0)}\n{}\n`],
    ['it is of another format', '{"format":"keelson/v2 archive-segment","events":0}\n'],
    ['it is no JSON', 'text'],
    ['it is empty', ''],
    ['it unpacks to more than any segment', ' '.repeat(65 * 1024 * 1024)],
  ])('is refused where %s', async (_, text) => {
    await expect(decodeSegment(packed(text))).rejects.toThrow()
  })
})
