import type { EventStore } from '../../store/index.ts'

type Ring = () => void

const bells = new WeakMap<EventStore, Map<string, Set<Ring>>>()

/**
 * Hears of what a subscription of this process is given back, so that it need not wait for its next look. Returns what
 * ends it. What another process gives back is found by that look.
 */
export function hearReplays(store: EventStore, subscription: string, ring: Ring): () => void {
  const ofStore = bells.get(store) ?? new Map<string, Set<Ring>>()
  bells.set(store, ofStore)
  const rings = ofStore.get(subscription) ?? new Set()
  ofStore.set(subscription, rings.add(ring))
  return () => {
    rings.delete(ring)
    if (rings.size === 0 && ofStore.get(subscription) === rings) ofStore.delete(subscription)
  }
}

/** Something was given back to the subscription, and is committed. */
export function tellReplay(store: EventStore, subscription: string): void {
  for (const ring of bells.get(store)?.get(subscription) ?? []) ring()
}
