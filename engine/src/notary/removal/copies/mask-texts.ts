import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { canonicalSubject } from '../../../proof/index.ts'
import { blanked, removedText, spoken, spokenBeside } from './mask-copy.ts'
import { renamedError } from './renamed-error.ts'

/** Gives a text of an error with `(removed)` in the place of what is to go. */
export type TextMask = (text: string) => string

/** What is shorter stands in too many texts that are not about the person. */
export const shortestKnown = 4

/** Errors are kept up to here: what stands at the end of a text as long as this may be cut off. */
const longestText = 1_000

/**
 * What has events as they are: what stands there is the business of the event's own keys. And what a product wrote into a
 * message or a timer: that goes with the event that it names.
 */
const contents: ReadonlySet<string> = new Set([
  'payload',
  'headers',
  'metadata',
  'data',
  'edited',
  'edits',
  'query',
])

const word = /[\p{L}\p{M}\p{N}]+/gu
const edges = /^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu
const startsWithin = /^[\p{L}\p{M}\p{N}]/u

/** A text to look for, without what is no letter or digit around it. */
interface Known {
  readonly lower: string
  readonly length: number
}

/**
 * Finds these texts as whole words, in capitals or not. The time for a text grows with its own length, and with how
 * many of the known texts begin with a word of it, not with how many there are.
 */
export function createTextMask(texts: Iterable<string>): TextMask {
  const byFirst = new Map<string, Known[]>()
  for (const text of texts) {
    const trimmed = text.replace(edges, '')
    if (trimmed.length < shortestKnown) continue
    const lower = trimmed.toLowerCase()
    const first = lower.match(word)?.[0] as string
    const known = byFirst.get(first)
    if (known === undefined) byFirst.set(first, [{ lower, length: trimmed.length }])
    else known.push({ lower, length: trimmed.length })
  }
  // Of several that begin at one place the longest.
  for (const known of byFirst.values()) known.sort((a, b) => b.length - a.length)
  return text => (byFirst.size === 0 ? text : maskText(text, byFirst))
}

function maskText(text: string, byFirst: ReadonlyMap<string, readonly Known[]>): string {
  let masked = ''
  let done = 0
  const isFull = text.length >= longestText
  for (const { 0: found, index } of text.matchAll(word)) {
    if (index < done) continue
    const known = byFirst.get(found.toLowerCase()) ?? []
    const isLast = index + found.length === text.length
    const cut = isLast && isFull ? [...byFirst.values()].flat() : known
    const length = (isFull && lengthOfCut(text, index, cut)) || lengthAt(text, index, known)
    if (length === undefined) continue
    masked += text.slice(done, index) + removedText
    done = index + length
  }
  return done === 0 ? text : masked + text.slice(done)
}

function lengthAt(text: string, at: number, known: readonly Known[]): number | undefined {
  return known.find(
    ({ lower, length }) =>
      text.slice(at, at + length).toLowerCase() === lower && !startsWithin.test(text.slice(at + length)),
  )?.length
}

/** How much is left of a known text that the end of the text cut off. */
function lengthOfCut(text: string, at: number, known: readonly Known[]): number | undefined {
  const left = text.length - at
  if (left < shortestKnown) return undefined
  const rest = text.slice(at).toLowerCase()
  return known.some(({ lower }) => lower.startsWith(rest)) ? left : undefined
}

/** The value with its texts of errors masked, whatever event they are about; the very same where nothing is in them. */
export function maskSpoken(value: JsonValue, mask: (text: string, name: string) => string): JsonValue {
  return maskSaid(value, { mask, since: Number.NEGATIVE_INFINITY }, undefined)
}

/** The value without what errors have said since a time, in milliseconds since the epoch, or at a time that is not kept. */
export const blankSpoken = (value: JsonValue, since: number): JsonValue =>
  maskSaid(value, { mask: blanked, since }, undefined)

interface Masking {
  readonly mask: (text: string, name: string) => string
  readonly since: number
}

/** `said` is when what stands around the value was said, where that is known. */
function maskSaid(value: JsonValue, masking: Masking, said: number | undefined): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(item => maskSaid(item, masking, said))
    return items.some((item, at) => item !== value[at]) ? items : value
  }
  const { mask, since } = masking
  const at = timeOf(value) ?? said
  const isOlder = at !== undefined && at < since
  const changed: [string, JsonValue][] = []
  for (const [name, member] of Object.entries(value)) {
    if (contents.has(name)) continue
    const isText = typeof member === 'string' && isSaid(value, name)
    if (isText && isOlder) continue
    const after = isText ? mask(member, name) : maskSaid(member, masking, at)
    if (after !== member) changed.push([name, after])
  }
  return changed.length === 0 ? value : renamedError(value, { ...value, ...Object.fromEntries(changed) })
}

/** Of a try that failed, a letter that was discarded, a message that was set aside, a run that has ended. */
function timeOf({ at, endedAt }: JsonObject): number | undefined {
  if (typeof at === 'number') return at
  return typeof endedAt === 'number' ? endedAt : undefined
}

/** Texts of errors, their names and codes, and why somebody discarded a dead letter. */
const isSaid = (object: JsonObject, name: string): boolean =>
  spoken.has(name) ||
  (spokenBeside.has(name) && typeof object['message'] === 'string') ||
  (name === 'reason' && typeof object['fingerprint'] === 'string' && typeof object['by'] === 'string')

/** The texts in a value, however deep, addresses also as they are commonly spelled, and numbers as long as those of a telephone or an account. */
export function* textsIn(value: JsonValue): Generator<string> {
  if (typeof value === 'string') {
    if (value.length < shortestKnown || value.length > longestText) return
    yield* new Set([value, value.replace(/^\s*(mailto|tel):/i, ''), canonicalSubject(value)])
  } else if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) >= 100_000) yield String(Math.abs(value))
  } else if (Array.isArray(value)) for (const item of value) yield* textsIn(item)
  else if (isJsonObject(value))
    for (const member of Object.values(value as JsonObject)) yield* textsIn(member)
}
