import type { CatalogDocument, CommandDocument, EventDocument, TopicDocument } from 'keelson'
import { contextsOf, ownTypes } from 'keelson'
import type { CatalogFilter } from '../../catalog/index.ts'
import { filterDocument } from '../../catalog/index.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import type { CatalogSource } from './catalog-source.ts'
import { elsewhere } from './catalog-source.ts'
import { requireKnown } from './require-known.ts'

export interface PartFlags {
  readonly kind?: string
  readonly topic?: string
  readonly context?: string
  readonly search?: string
}

const kinds = ['domain', 'integration', 'system']
export const parts = ['events', 'commands', 'topics'] as const
export type Part = (typeof parts)[number]
export type Item = EventDocument | CommandDocument | TopicDocument

/** What flags leave of a catalogue. @throws CommandFailure with exit code 2 for a name that nothing has. */
export function findPart(source: CatalogSource, flags: PartFlags): CatalogDocument {
  const { document } = source
  const { kind, topic, context, search } = flags
  if (kind !== undefined && !kinds.includes(kind))
    throw new CommandFailure(`--kind takes ${kinds.join(', ')}`, exitCodes.usage)
  const topics = document.topics.map(one => one.name)
  requireKnown('topic', topic, topics, `keelson catalog list --what topics shows them${elsewhere(source)}`)
  const contexts = contextNames(document)
  requireKnown('context', context, contexts, `there are ${contexts.join(', ')}${elsewhere(source)}`)
  const named = ofContext(context)
  const found = filterDocument(document, { kind, topic, q: search, ...named })
  if (search === undefined || kind !== undefined) return found
  // A topic is not found by words that stand in its events alone.
  const { topics: own } = filterDocument({ ...document, events: [] }, { topic, q: search, ...named })
  return { ...found, topics: own }
}

/** The contexts that can be asked for, with the name that the tenant's own types stand under. */
export const contextNames = (document: CatalogDocument): readonly string[] =>
  contextsOf(document).filter(name => name !== '')

/** The filter that a context asks for; what a tenant registered is of none. */
export const ofContext = (context: string | undefined): CatalogFilter =>
  context === ownTypes ? { isOwn: true } : { context }

export function wantedParts(what: string): readonly Part[] {
  if (what === 'all') return parts
  const part = parts.find(one => one === what)
  if (part !== undefined) return [part]
  throw new CommandFailure(`--what takes ${parts.join(', ')} or all`, exitCodes.usage)
}
