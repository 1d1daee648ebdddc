import type { EventItem, JsonValue } from '../../api/types.ts'

type Maybe = JsonValue | undefined

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

/** How an event as it is shown differs from the envelope that was sealed. */
export function contentFaults(event: EventItem, sealed: Readonly<Record<string, JsonValue>>) {
  const shown = event as unknown as Record<string, Maybe>
  const covered = Object.keys(sealed)
  const missing = Object.keys(shown).filter(
    name => shown[name] !== undefined && !OUTSIDE.includes(name) && !Object.hasOwn(sealed, name),
  )
  const different = covered.flatMap(name => differences(shown[name], sealed[name], `/${name}`))
  return {
    covered,
    outside: OUTSIDE.filter(name => name in shown && !Object.hasOwn(sealed, name)),
    faults: [
      ...missing.map(name => `${name} is shown, but it is not in the body`),
      ...different.map(path => `${path} differs from the body`),
    ],
  }
}

/** Paths at which two JSON values differ; the order of names is no difference. */
export function differences(left: Maybe, right: Maybe, path = ''): string[] {
  if (Object.is(left, right)) return []
  if (!isBranch(left) || !isBranch(right) || Array.isArray(left) !== Array.isArray(right))
    return [path || '/']
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].flatMap(name => differences(own(left, name), own(right, name), `${path}/${name}`))
}

function isBranch(value: Maybe): value is Extract<JsonValue, object> {
  return typeof value === 'object' && value !== null
}

function own(value: object, name: string): Maybe {
  return Object.hasOwn(value, name) ? (value as Record<string, JsonValue>)[name] : undefined
}
