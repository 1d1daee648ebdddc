import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { compareVersions } from '../frozen/frozen-schema.ts'
import type { PayloadValidator } from '../validator.ts'
import type { CasterDefinition, VersionName } from './caster-definition.ts'
import { splitVersionName, versionName } from './caster-definition.ts'
import { projectTo } from './project.ts'

/** A version of a type that payloads can be cast to. */
export interface CastableVersion {
  readonly type: string
  readonly version: string
  readonly schema: JsonValue
  readonly validator: PayloadValidator
}

interface Step {
  readonly from: VersionName
  readonly to: VersionName
  readonly cast: (payload: JsonValue) => JsonValue
}

/** A payload in a version that its reader accepts. */
export interface Reading {
  readonly type: string
  readonly version: string
  readonly payload: JsonValue
}

/** All versions of all types, and the steps between them. */
export class CasterGraph {
  readonly #versions = new Map<VersionName, CastableVersion>()
  readonly #steps = new Map<VersionName, Step[]>()

  /** @throws TypeError where a caster names a version that is not there, or two have the same ends. */
  constructor(versions: readonly CastableVersion[], casters: readonly CasterDefinition[]) {
    for (const version of versions) this.#versions.set(versionName(version.type, version.version), version)
    for (const caster of casters) this.#addCaster(caster)
    for (const [older, newer] of neighbours(versions)) this.#addProjection(older, newer)
  }

  /**
   * The payload in the newest version that is accepted and can be reached. `accepts` has names such as
   * `OrderPlaced@1.0`, `OrderPlaced@1` (any minor) and `OrderPlaced` (any version); a type of which neither it nor any
   * of its successors is named is read as it is.
   *
   * @throws KeelsonError `event_version_unreadable`, `event_cast_failed`.
   */
  read(given: Reading, accepts: readonly string[]): Reading {
    const start = versionName(given.type, given.version)
    if (accepts.some(accept => matches(accept, given.type, given.version))) return given
    const paths = this.#pathsFrom(start)
    const reachable = [...paths.keys()].filter(name => accepts.some(accept => accepted(accept, name)))
    const best = reachable.sort(newestFirst)[0]
    if (best !== undefined) return this.#walk(given, paths.get(best) as readonly Step[])
    const family = new Set([given.type, ...[...paths.keys()].map(name => splitVersionName(name).type)])
    if (!accepts.some(accept => family.has(splitVersionName(accept).type))) return given
    const known = [...paths.keys()].sort()
    const hint = known.length > 0 ? `it can be read as ${known.join(', ')}` : 'nothing is defined to cast it'
    throw new KeelsonError(
      'event_version_unreadable',
      `${start} cannot be read as ${accepts.join(', ')}: ${hint}`,
      {
        accepts: [...accepts],
        reachable: known,
      },
    )
  }

  /** The shortest ways from a version to every other that can be reached. */
  #pathsFrom(start: VersionName): Map<VersionName, readonly Step[]> {
    const paths = new Map<VersionName, readonly Step[]>([[start, []]])
    for (const [name, path] of paths) {
      for (const step of this.#steps.get(name) ?? []) {
        if (!paths.has(step.to)) paths.set(step.to, [...path, step])
      }
    }
    paths.delete(start)
    return paths
  }

  #walk(given: Reading, path: readonly Step[]): Reading {
    let payload = given.payload
    for (const step of path) payload = this.#take(step, payload)
    const last = splitVersionName((path.at(-1) as Step).to)
    return { ...last, payload }
  }

  #take(step: Step, payload: JsonValue): JsonValue {
    const fail = (cause: unknown): never => {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new KeelsonError(
        'event_cast_failed',
        `The caster from ${step.from} to ${step.to} failed: ${why}`,
        {},
        cause,
      )
    }
    let cast: JsonValue
    try {
      cast = step.cast(structuredClone(payload))
    } catch (cause) {
      return fail(cause)
    }
    try {
      this.#versions.get(step.to)?.validator(cast)
    } catch (cause) {
      return fail(cause)
    }
    return cast
  }

  #addCaster({ from, to, up, down }: CasterDefinition): void {
    for (const name of [from, to]) {
      if (!this.#versions.has(name))
        throw new TypeError(`A caster names ${name}, which is not in the catalogue`)
    }
    this.#addStep({ from, to, cast: up })
    if (down) this.#addStep({ from: to, to: from, cast: down })
  }

  #addStep(step: Step): void {
    const steps = this.#steps.get(step.from) ?? []
    if (steps.some(({ to }) => to === step.to))
      throw new TypeError(`Two casters lead from ${step.from} to ${step.to}`)
    this.#steps.set(step.from, [...steps, step])
  }

  /** Minors of one name follow each other by members that come and go; a caster that is defined goes before. */
  #addProjection(older: CastableVersion, newer: CastableVersion): void {
    for (const [source, target] of [
      [older, newer],
      [newer, older],
    ] as const) {
      const [from, to] = [versionName(source.type, source.version), versionName(target.type, target.version)]
      if (this.#steps.get(from)?.some(step => step.to === to)) continue
      this.#addStep({ from, to, cast: payload => projectTo(target.schema, payload) })
    }
  }
}

function neighbours(versions: readonly CastableVersion[]): [CastableVersion, CastableVersion][] {
  const sorted = [...versions].sort(
    (a, b) => (a.type < b.type ? -1 : Number(a.type > b.type)) || compareVersions(a.version, b.version),
  )
  return sorted.flatMap((newer, at): [CastableVersion, CastableVersion][] => {
    const older = sorted[at - 1]
    return older?.type === newer.type ? [[older, newer]] : []
  })
}

function accepted(accept: string, name: VersionName): boolean {
  const { type, version } = splitVersionName(name)
  return matches(accept, type, version)
}

function matches(accept: string, type: string, version: string): boolean {
  const wanted = splitVersionName(accept)
  if (wanted.type !== type) return false
  return (
    wanted.version === '' ||
    wanted.version === version ||
    `${wanted.version}.` === version.slice(0, wanted.version.length + 1)
  )
}

function newestFirst(a: VersionName, b: VersionName): number {
  const [one, other] = [splitVersionName(a), splitVersionName(b)]
  return compareVersions(other.version, one.version) || (a < b ? -1 : 1)
}
