import type { JsonValue } from '../../core/index.ts'

/** One version of one event type, as `SubscriptionActivated@1.0`. */
export type VersionName = `${string}@${number}.${number}`

/**
 * How payloads of one version become payloads of another. Both ways are pure: the same payload always gives the same,
 * and what they are given they leave as it is.
 */
export interface CasterDefinition {
  /** The older version. */
  readonly from: VersionName
  /** The newer one: the next minor, or the first version of the name with the next `V2`. */
  readonly to: VersionName
  readonly up: (payload: JsonValue) => JsonValue
  /** Where it is not given, readers of the older version cannot read events of the newer one. */
  readonly down?: (payload: JsonValue) => JsonValue
}

const namePattern = /^[A-Z][A-Za-z0-9]{2,99}@[1-9]\d{0,3}\.\d{1,4}$/

/** @throws TypeError where a name is no version, or both are the same. */
export function defineCaster(definition: CasterDefinition): CasterDefinition {
  for (const name of [definition.from, definition.to]) {
    if (!namePattern.test(name)) {
      throw new TypeError(`A caster's version ${JSON.stringify(name)} is not like OrderPlaced@1.0`)
    }
  }
  if (definition.from === definition.to)
    throw new TypeError(`The caster of ${definition.from} leads to itself`)
  return Object.freeze(definition)
}

export function versionName(type: string, version: string): VersionName {
  return `${type}@${version}` as VersionName
}

export function splitVersionName(name: string): { readonly type: string; readonly version: string } {
  const at = name.lastIndexOf('@')
  return at < 0 ? { type: name, version: '' } : { type: name.slice(0, at), version: name.slice(at + 1) }
}
