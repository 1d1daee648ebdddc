import * as contexts from '@keelson/contexts'
import type { CatalogDocument, ContextDefinition } from 'keelson'
import { createCatalog, toCatalogDocument } from 'keelson'

export const builtInContexts: readonly ContextDefinition[] = Object.values(contexts).filter(
  context => typeof context === 'object' && 'events' in context,
)

/** The document of everything that the contexts define. */
export function builtInDocument(): CatalogDocument {
  const catalog = createCatalog(
    builtInContexts.flatMap(context => context.events),
    {
      commands: builtInContexts.flatMap(context => context.commands ?? []),
      topics: builtInContexts.flatMap(context => context.topics ?? []),
    },
  )
  return toCatalogDocument(catalog, { contexts: builtInContexts })
}
