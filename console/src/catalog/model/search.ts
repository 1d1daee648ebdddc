import type { CatalogDocument, JsonSchema } from '../../api/catalog-types.ts'
import { fieldTable } from '../field/fields.ts'
import { byType } from './filter.ts'

/** A text in lower case, as it is and as the words that it is made of. */
interface Searched {
  readonly plain: string
  /** Each word after a space, those within a name too: ` order placed`. */
  readonly words: string
}

/** A text that belongs to a thing besides its name and summary, and what it is there. */
export interface Aspect extends Searched {
  readonly kind: string
  readonly text: string
}

/** A thing of the catalogue with the words by which it is found. */
export interface Indexed<Item> {
  readonly item: Item
  readonly name: Searched
  readonly summary: Searched
  readonly aspects: readonly Aspect[]
}

export interface Found<Item> {
  readonly item: Item
  /** What matched where neither name nor summary did. */
  readonly why?: Aspect
}

const MAX_FIELDS = 200

function searched(text: string): Searched {
  const apart = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[^\p{L}\p{N}]+/gu, ' ')
  return { plain: text.toLowerCase(), words: ` ${apart.toLowerCase()}` }
}

const aspects = (kind: string, texts: readonly (string | undefined)[]): Aspect[] =>
  texts.flatMap(text => (text ? [{ kind, text, ...searched(text) }] : []))

const fields = (schema: JsonSchema): Aspect[] =>
  aspects(
    'field',
    fieldTable({ schema })
      .rows.slice(0, MAX_FIELDS)
      .map(row => row.path.slice(1).replaceAll('/', '.')),
  )

function entry<Item extends { readonly summary: string }>(
  item: Item,
  name: string,
  others: readonly Aspect[],
): Indexed<Item> {
  return { item, name: searched(name), summary: searched(item.summary), aspects: others }
}

/** Everything in a catalogue, ready to be searched. */
export function indexCatalog({ events, commands, topics }: CatalogDocument) {
  return {
    events: events.map(event =>
      entry(event, event.type, [
        ...fields(event.schema),
        ...aspects('topic', [event.topic, ...event.alsoOn]),
        ...aspects('producer', [event.producer]),
        ...aspects('consumer', event.consumers),
        ...aspects('aggregate', [event.aggregate]),
      ]),
    ),
    commands: [...commands]
      .sort(byType)
      .map(command =>
        entry(command, command.type, [
          ...fields(command.schema),
          ...aspects('event', command.emits),
          ...aspects('aggregate', [command.aggregate]),
          ...aspects('permission', [command.permission]),
        ]),
      ),
    topics: topics.map(topic =>
      entry(topic, topic.name, [
        ...aspects('event', topic.events),
        ...aspects('publisher', topic.publishers),
        ...aspects('subscriber', topic.subscribers),
      ]),
    ),
  }
}

export const wordsOf = (query: string): string[] =>
  [...new Set(query.toLowerCase().split(/\s+/))].filter(Boolean)

interface Fit {
  readonly rank: number
  readonly why?: Aspect
}

/**
 * How well a word fits: at the beginning of a name, of a word in it, anywhere in it; then at the beginning of a word
 * in the summary, in a field, in the rest; and last in the middle of any of their words.
 */
function fit({ name, summary, aspects }: Indexed<unknown>, word: string): Fit | undefined {
  const begins = (text: Searched) => text.words.includes(` ${word}`)
  const has = (text: Searched) => text.plain.includes(word)
  if (name.plain.startsWith(word)) return { rank: 0 }
  if (begins(name)) return { rank: 1 }
  if (has(name)) return { rank: 2 }
  if (begins(summary)) return { rank: 3 }
  const why = aspects.find(begins)
  if (why) return { rank: why.kind === 'field' ? 4 : 5, why }
  if (has(summary)) return { rank: 6 }
  const within = aspects.find(has)
  return within && { rank: 7, why: within }
}

/** What has every word of the query, the best fit first; without a word everything, as it stands. */
export function findIn<Item>(entries: readonly Indexed<Item>[], query: string): Found<Item>[] {
  const words = wordsOf(query)
  if (words.length === 0) return entries.map(({ item }) => ({ item }))
  const found: { rank: number; name: string; match: Found<Item> }[] = []
  for (const one of entries) {
    const fits = words.map(word => fit(one, word)).filter(each => each !== undefined)
    if (fits.length < words.length) continue
    const why = fits.find(each => each.why !== undefined)?.why
    const rank = Math.max(...fits.map(each => each.rank))
    found.push({ rank, name: one.name.plain, match: { item: one.item, ...(why && { why }) } })
  }
  return found.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1)).map(({ match }) => match)
}
