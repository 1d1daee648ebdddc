import type { EventStore, RecordedEvent } from '../store/index.ts'
import type { AsOfQuery } from './as-of.ts'
import { readAsOf } from './as-of.ts'

export interface Folded<State> {
  readonly state: State
  /** Events that went into it, and the position of the last one; 0 for none. */
  readonly events: number
  readonly position: number
}

/** What a tenant's events, or those of one of its streams, had made of a state by then. */
export async function foldAsOf<State>(
  store: EventStore,
  query: AsOfQuery,
  evolve: (state: State, event: RecordedEvent) => State,
  initial: State,
): Promise<Folded<State>> {
  let folded: Folded<State> = { state: initial, events: 0, position: 0 }
  for await (const event of readAsOf(store, query)) {
    const { position } = event
    folded = { state: evolve(folded.state, event), events: folded.events + 1, position }
  }
  return folded
}
