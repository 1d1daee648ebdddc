import type { DeadLetterItem, DeadLetterSelection } from '../../api/delivery-types.ts'

/** Dead letters that are ticked: of one subscription, as the API acts on one at a time. */
export interface Chosen {
  readonly subscription: string | undefined
  readonly ids: ReadonlySet<number>
}

export const NONE_CHOSEN: Chosen = { subscription: undefined, ids: new Set() }

export const isChosen = ({ subscription, ids }: Chosen, letter: DeadLetterItem): boolean =>
  subscription === letter.subscription && ids.has(letter.id)

/** Whether it can be ticked beside what is ticked. */
export const canChoose = ({ subscription, ids }: Chosen, letter: DeadLetterItem): boolean =>
  ids.size === 0 || subscription === letter.subscription

export function toggle(chosen: Chosen, letter: DeadLetterItem): Chosen {
  if (!canChoose(chosen, letter)) return chosen
  const ids = new Set(chosen.ids)
  if (!ids.delete(letter.id)) ids.add(letter.id)
  return ids.size === 0 ? NONE_CHOSEN : { subscription: letter.subscription, ids }
}

/** All that are shown, or none where they were all ticked; nothing where they are of several subscriptions. */
export function toggleAll(chosen: Chosen, letters: readonly DeadLetterItem[]): Chosen {
  const subscription = chosen.subscription ?? letters[0]?.subscription
  const same = letters.filter(letter => letter.subscription === subscription)
  if (same.length === 0 || same.every(letter => isChosen(chosen, letter))) return NONE_CHOSEN
  return { subscription, ids: new Set([...chosen.ids, ...same.map(({ id }) => id)]) }
}

/** Those that are still there: what was replayed or discarded is ticked no more. */
export function stillThere(chosen: Chosen, letters: readonly DeadLetterItem[]): Chosen {
  const there = letters.filter(letter => isChosen(chosen, letter))
  if (there.length === chosen.ids.size) return chosen
  return there.length === 0 ? NONE_CHOSEN : { ...chosen, ids: new Set(there.map(({ id }) => id)) }
}

export const chosenSelection = ({ subscription, ids }: Chosen): DeadLetterSelection | undefined =>
  subscription === undefined ? undefined : { subscription, ids: [...ids].toSorted((a, b) => a - b) }
