import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { EventItem, Seal } from '../../api/types.ts'
import { browserDigest, type Check, fromBase64Url, toBase64Url, verifyEvent } from './verify.ts'

const sha = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('base64url')
}

const digest = browserDigest()!
const blind = Uint8Array.from({ length: 32 }, (_, i) => i * 7)

function sealed(): { event: EventItem; seal: Seal } {
  const envelope = {
    eventId: 'evt_1',
    eventType: 'order.placed',
    occurredAt: '2026-11-20T00:00:00Z',
    payload: { a: [1, 'ü'] },
  }
  const body = JSON.stringify(envelope)
  const previousHash = sha('before')
  const leaf = JSON.stringify({
    body: sha('keelson/v1 body\n', blind, body),
    id: 'evt_1',
    kind: 'event',
    n: 3,
    prev: previousHash,
    t: '2026-11-20T00:00:01Z',
    v: 1,
  })
  const leafHash = sha(Uint8Array.of(0), leaf)
  const event = { ...envelope, position: 4, leafHash, previousHash } as unknown as EventItem
  return { event, seal: { leaf, leafHash, previousHash, blind: toBase64Url(blind), body } }
}

const failed = (checks: Check[]) => checks.filter(c => !c.passed).map(c => c.id)

describe('verifyEvent', () => {
  it('passes what is whole', async () => {
    const { event, seal } = sealed()
    expect(failed(await verifyEvent(event, seal, digest))).toEqual([])
  })

  it('finds each tampering by its own check', async () => {
    const { event, seal } = sealed()
    const cases: [string, EventItem, Seal][] = [
      ['leaf,names', event, { ...seal, leaf: seal.leaf.replace('evt_1', 'evt_2') }],
      ['leaf', { ...event, leafHash: sha('other') }, seal],
      ['body,content', event, { ...seal, body: seal.body.replace('[1,', '[2,') }],
      ['body', event, { ...seal, body: `${seal.body} ` }],
      ['body', event, { ...seal, blind: toBase64Url(new Uint8Array(32)) }],
      ['names', { ...event, previousHash: sha('other') }, seal],
      ['content', { ...event, payload: { a: [1, 'u'] } }, seal],
      ['content', { ...event, projectId: 'p-1' }, seal],
    ]
    for (const [expected, e, s] of cases)
      expect(failed(await verifyEvent(e, s, digest)).join()).toBe(expected)
  })

  it('says where the content differs', async () => {
    const { event, seal } = sealed()
    const checks = await verifyEvent({ ...event, payload: { a: [1, 'u'] } }, seal, digest)
    expect(checks.at(-1)?.faults).toEqual(['/payload/a/1 differs from the body'])
  })
})

describe('base64url', () => {
  it('comes back as it went', () => {
    for (let length = 0; length < 8; length += 1) {
      const bytes = blind.slice(0, length)
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
    }
  })
})
