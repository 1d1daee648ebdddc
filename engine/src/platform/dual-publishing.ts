import { createHash } from 'node:crypto'
import type { Catalog, VersionName } from '../catalog/index.ts'
import type { Clock, CompleteEvent, Envelope, JsonValue } from '../core/index.ts'

/** A window in which events of two versions are published side by side, so that consumers can move in their own time. */
export interface DualPublishing {
  /** The two versions; whichever is published, the other is made by its caster. */
  readonly between: readonly [VersionName, VersionName]
  /** RFC 3339; from then on each is published alone. */
  readonly until: string
}

/** Completes and checks an envelope as every published one is. */
export type Admit = (input: JsonValue) => CompleteEvent

const mark = 'dualFrom'

/** Makes the twins of published events, which are stored with them in one append. */
export class DualPublisher {
  readonly #windows: readonly (DualPublishing & { readonly end: number })[]
  readonly #catalog: Catalog
  readonly #clock: Clock

  /** @throws TypeError where a window names a type that is not there, or no time. */
  constructor(windows: readonly DualPublishing[], catalog: Catalog, clock: Clock) {
    this.#windows = windows.map(window => {
      const end = Date.parse(window.until)
      if (Number.isNaN(end))
        throw new TypeError(`Dual publishing until ${JSON.stringify(window.until)} has no end`)
      for (const name of window.between) {
        const [type = '', version = ''] = name.split('@')
        if (!catalog.get(type)?.versions.some(known => known.version === version))
          throw new TypeError(`Dual publishing names ${name}, which is not in the catalogue`)
      }
      return { ...window, end }
    })
    this.#catalog = catalog
    this.#clock = clock
  }

  /**
   * The event in the other version; undefined where there is none to publish. Its id is a digest, so that a repeat has
   * the same twin, and its metadata say what it was made from.
   */
  twin({ envelope, filled }: CompleteEvent, admit: Admit): CompleteEvent | undefined {
    if (this.#windows.length === 0 || envelope.metadata?.[mark] !== undefined) return undefined
    const own = `${envelope.eventType}@${envelope.schemaVersion}`
    const window = this.#windows.find(
      ({ between, end }) => between.some(name => name === own) && this.#clock.now() < end,
    )
    const other = window?.between.find(name => name !== own)
    if (other === undefined) return undefined
    const cast = this.#catalog.read(envelope, [other])
    const { castFrom: _, ...metadata } = cast.metadata ?? {}
    const twin = admit({
      ...cast,
      eventId: twinId(envelope, other),
      metadata: { ...metadata, [mark]: own },
    } as unknown as JsonValue)
    // What was filled in for the event was not given for its twin either: a repeat may have others.
    return { ...twin, filled: twin.filled | filled }
  }
}

function twinId({ eventId }: Envelope, other: VersionName): string {
  return `dual-${createHash('sha256').update(`${eventId}\n${other}`).digest('hex').slice(0, 40)}`
}
