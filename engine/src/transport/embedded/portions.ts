import type { EventFilter, EventStore, Scope } from '../../store/index.ts'
import type { Portion } from '../receiver/intake/read-portion.ts'
import { readPortion } from '../receiver/intake/read-portion.ts'

/** Milliseconds for which what was read is given again: what it holds may be removed from the log meanwhile. */
export const freshFor = 1_000
const mostKept = 3

/** A portion, and up to where there was nothing else when it was read. */
export interface SeenPortion extends Portion {
  readonly seen: number
}

interface Kept {
  readonly portion: Promise<SeenPortion>
  /** Milliseconds of the machine's clock; undefined as long as it is read. */
  readAt: number | undefined
}

/** Portions of the log read once for cursors that come to the same place one soon after the other. */
export class Portions {
  readonly #store: EventStore
  readonly #now: () => number
  readonly #byPlace = new Map<string, Kept>()

  constructor(store: EventStore, now: () => number = () => performance.now()) {
    this.#store = store
    this.#now = now
  }

  /** `seen` is where the log is known to reach, if not further, before it is read. */
  read(
    scope: Scope,
    { after, filter, seen }: { after: number; filter: EventFilter | undefined; seen: number },
  ): Promise<SeenPortion> {
    this.prune()
    const place = JSON.stringify([scope.tenantId, after, filter ?? null])
    const known = this.#byPlace.get(place)
    if (known !== undefined) return known.portion
    const kept: Kept = { portion: this.#read(scope, { after, filter, seen }), readAt: undefined }
    this.#byPlace.set(place, kept)
    kept.portion.then(
      ({ isAll }) => {
        kept.readAt = this.#now()
        // Behind the end of the log something else may be there at once.
        if (isAll) this.#forget(place, kept)
      },
      () => this.#forget(place, kept),
    )
    if (this.#byPlace.size > mostKept) this.#byPlace.delete([...this.#byPlace.keys()][0] ?? '')
    return kept.portion
  }

  /** Forgets what is too old to be given again. */
  prune(): void {
    const oldest = this.#now() - freshFor
    for (const [place, { readAt }] of this.#byPlace)
      if (readAt !== undefined && readAt < oldest) this.#byPlace.delete(place)
  }

  #forget(place: string, kept: Kept): void {
    if (this.#byPlace.get(place) === kept) this.#byPlace.delete(place)
  }

  async #read(
    scope: Scope,
    { after, filter, seen }: { after: number; filter: EventFilter | undefined; seen: number },
  ): Promise<SeenPortion> {
    return { ...(await readPortion(this.#store, scope, { after, filter })), seen }
  }
}
