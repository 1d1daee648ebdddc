import { randomBytes } from 'node:crypto'
import type { JsonObject } from 'keelson'
import { canonicalJson } from 'keelson'
import {
  commitBody,
  createSealer,
  disclosureAad,
  hideFields,
  leafHash,
  leafText,
  personalValues,
  zeroHash,
} from 'keelson/proof'
import { caseOptions, giveRun } from '../case-process.ts'
import { repeat } from '../catalog/repeat.ts'
import { createSampleEvents } from '../sample-event.ts'

/** What sealing an event costs: canonical form, commitment, leaf and its hash, and the personal fields it has. */
const { seconds, fields } = caseOptions<{ seconds: number; fields: 0 | 3 }>()
const make = createSampleEvents()
const events = Array.from({ length: 2000 }, (_, at) => {
  const { envelope } = make(at)
  if (fields === 3) return envelope as unknown as JsonObject
  const { metadata, ...others } = envelope
  // As many bytes, in members that are nobody's.
  return { ...others, metadata: { note: JSON.stringify(metadata).slice(0, 200) } } as unknown as JsonObject
})
const seal = createSealer()
const key = randomBytes(32)
const kid = `k-${randomBytes(16).toString('base64url')}`
const blinds = randomBytes(4096)
let previous = zeroHash
let bytes = 0
giveRun(
  repeat(seconds, at => {
    const envelope = events[at % events.length] as JsonObject
    const id = envelope['eventId'] as string
    const hidden = personalValues(envelope, []).map(({ pointer }) => ({ pointer, kid, key }))
    if (hidden.length !== fields) throw new Error(`${hidden.length} personal fields`)
    const { body, disclosures } =
      hidden.length === 0 ? { body: envelope, disclosures: undefined } : hideFields(envelope, hidden, id)
    const text = canonicalJson(body)
    const blind = blinds.subarray((at % 127) * 32, (at % 127) * 32 + 32)
    const leaf = leafText({
      body: commitBody(text, blind),
      id,
      kind: 'event',
      n: at,
      prev: previous,
      t: '2026-06-11T09:02:00.000Z',
    })
    previous = leafHash(leaf)
    for (const [name, texts] of disclosures ?? [])
      bytes += seal(key, disclosureAad('contoso', at, name), texts).length
    bytes += text.length
  }),
)
if (bytes === 0) throw new Error('Nothing was sealed')
