import type { EventItem, JsonValue, Seal } from '../../api/types.ts'
import { differences } from './compare.ts'

export interface Fact {
  readonly label: string
  readonly value: string
}

export interface Check {
  readonly id: 'leaf' | 'body' | 'names' | 'content'
  readonly title: string
  readonly passed: boolean
  readonly facts: readonly Fact[]
  /** What is wrong, in words; empty when passed. */
  readonly faults: readonly string[]
}

export type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>

const utf8 = new TextEncoder()
const BODY_PREFIX = 'keelson/v1 body\n'

export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

export function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The browser's SHA-256, or undefined where the page is not a secure context and there is none. */
export function browserDigest(): Digest | undefined {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
  return subtle && (async bytes => new Uint8Array(await subtle.digest('SHA-256', bytes)))
}

function parseObject(text: string): Readonly<Record<string, JsonValue>> | undefined {
  try {
    const value = JSON.parse(text) as JsonValue
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, JsonValue>)
      : undefined
  } catch {
    return undefined
  }
}

const same = (label: string, computed: string, expected: unknown): string[] =>
  computed === expected ? [] : [`${label} is ${computed}, but ${String(expected)} is recorded`]

/**
 * Recomputes what binds an event to its leaf. It trusts nothing but the exact texts: bytes are hashed first and
 * parsed after. It does not show that the leaf is in the tenant's chain.
 */
export async function verifyEvent(event: EventItem, seal: Seal, digest: Digest): Promise<Check[]> {
  const leafHash = toBase64Url(await digest(join(Uint8Array.of(0), utf8.encode(seal.leaf))))
  const bodyBytes = utf8.encode(seal.body)
  const body = toBase64Url(await digest(join(utf8.encode(BODY_PREFIX), fromBase64Url(seal.blind), bodyBytes)))
  const leaf = parseObject(seal.leaf)
  const named = leaf ?? {}

  const checks: Omit<Check, 'passed'>[] = [
    {
      id: 'leaf',
      title: 'The leaf hashes to the recorded leaf hash',
      facts: [
        { label: 'SHA-256(0x00 ‖ leaf)', value: leafHash },
        { label: 'Recorded leaf hash', value: event.leafHash },
      ],
      faults: [
        ...same('The hash of the leaf', leafHash, event.leafHash),
        ...same('The hash of the leaf', leafHash, seal.leafHash),
      ],
    },
    {
      id: 'body',
      title: 'The leaf commits to this body',
      facts: [
        { label: 'SHA-256("keelson/v1 body\\n" ‖ blind ‖ body)', value: body },
        { label: 'Commitment in the leaf', value: String(named.body) },
        { label: 'Length of the body', value: `${bodyBytes.length} bytes` },
      ],
      faults: leaf ? same('The commitment of the body', body, leaf.body) : ['The leaf is not a JSON object'],
    },
    {
      id: 'names',
      title: 'The leaf names this event and the leaf before it',
      facts: [
        { label: 'Event in the leaf', value: String(named.id) },
        { label: 'Previous hash in the leaf', value: String(named.prev) },
        { label: 'Index and time in the leaf', value: `${String(named.n)}, ${String(named.t)}` },
      ],
      faults: [
        ...same('The event', event.eventId, named.id),
        ...same('The previous hash', event.previousHash, named.prev),
      ],
    },
    {
      id: 'content',
      title: 'The body is the event shown on this page',
      ...contentCheck(event, seal.body),
    },
  ]
  return checks.map(check => ({ ...check, passed: check.faults.length === 0 }))
}

/** Assigned when the event was recorded, or derived for reading: no part of what the sender said. */
const OUTSIDE = [
  'position',
  'sequence',
  'stream',
  'version',
  'recordedAt',
  'leafHash',
  'previousHash',
  'audit',
]

function contentCheck(event: EventItem, text: string): Pick<Check, 'facts' | 'faults'> {
  const body = parseObject(text)
  if (!body) return { facts: [], faults: ['The body is not a JSON object'] }
  const shown = event as unknown as Record<string, JsonValue | undefined>
  const covered = Object.keys(body)
  const missing = Object.keys(shown).filter(
    name => shown[name] !== undefined && !OUTSIDE.includes(name) && !(name in body),
  )
  const different = covered.flatMap(name => differences(shown[name], body[name], `/${name}`))
  return {
    facts: [
      { label: 'Fields compared', value: covered.join(', ') },
      {
        label: 'Not part of the body',
        value: OUTSIDE.filter(name => name in shown && !(name in body)).join(', '),
      },
    ],
    faults: [
      ...missing.map(name => `${name} is shown, but it is not in the body`),
      ...different.map(path => `${path} differs from the body`),
    ],
  }
}
