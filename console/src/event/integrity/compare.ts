import type { JsonValue } from '../../api/types.ts'

type Maybe = JsonValue | undefined

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
