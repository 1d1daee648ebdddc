import { decode, sha256Text, utf8 } from '#primitive'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { EntryRange } from './entry-ranges.ts'
import { EntryRanges, parseRanges } from './entry-ranges.ts'

/** What a record says of entries whose body it removed, alike in all of this. */
export interface RemovedGroup {
  readonly type: string
  /** See {@link streamDigest}. */
  readonly stream: string
  /** Ids of the keys that could open something of them. */
  readonly keys: readonly string[]
}

const saltLength = 16

/**
 * base64url of SHA-256 over `keelson/v1 stream`, the salt and the name, each on a line: it tells whether an entry was of a
 * stream that is known, and does not name the stream. `salt` is base64url of 16 bytes that the record has.
 */
export const streamDigest = (salt: string, stream: string): string =>
  sha256Text(utf8(`keelson/v1 stream\n${salt}\n${stream}`), 'base64url')

/** The entries that one record says it removed, and what they were. */
export class RemovedEntries {
  readonly salt: string
  readonly #groups: EntryRanges<RemovedGroup>

  private constructor(salt: string, groups: EntryRanges<RemovedGroup>) {
    this.salt = salt
    this.#groups = groups
  }

  /** Undefined where the members of the record are not to be understood. */
  static parse(salt: JsonValue | undefined, removed: JsonValue | undefined): RemovedEntries | undefined {
    if (typeof salt !== 'string' || decode(salt, 'base64url')?.length !== saltLength) return undefined
    if (!Array.isArray(removed)) return undefined
    const groups = removed.map(groupOf)
    if (groups.includes(undefined)) return undefined
    const found = EntryRanges.of(groups.flatMap(group => group ?? []))
    return found && new RemovedEntries(salt, found)
  }

  has(n: number): boolean {
    return this.#groups.at(n) !== undefined
  }

  /** What the record says of an entry; undefined where it did not remove it. */
  of(n: number): RemovedGroup | undefined {
    return this.#groups.at(n)
  }
}

/** The entries that a `retention` record is about, ascending: those that it names, else all of its range. */
export function removedRanges({ range, salt, removed }: JsonObject): readonly EntryRange[] {
  if (RemovedEntries.parse(salt, removed) === undefined) return parseRanges([range ?? null]) ?? []
  const found = (removed as readonly JsonObject[]).flatMap(({ entries }) => parseRanges(entries) ?? [])
  const merged: [number, number][] = []
  for (const [from, to] of found.sort((one, other) => one[0] - other[0])) {
    const last = merged.at(-1)
    if (last && last[1] === from) last[1] = to
    else merged.push([from, to])
  }
  return merged
}

function groupOf(value: JsonValue): readonly { range: EntryRange; value: RemovedGroup }[] | undefined {
  if (!isJsonObject(value)) return undefined
  const { type, stream, keys, entries } = value
  const ranges = parseRanges(entries)
  const areTexts = Array.isArray(keys) && keys.every(key => typeof key === 'string')
  if (typeof type !== 'string' || typeof stream !== 'string' || !areTexts || !ranges) return undefined
  const group = { type, stream, keys: keys as readonly string[] }
  return ranges.map(range => ({ range, value: group }))
}
