import type { CatalogDocument, CommandDocument, EventDocument } from './catalog-document.ts'

/** What the types that a tenant registered stand under, where those of Keelson stand under their context. */
export const ownTypes = 'Own types'

/** Where an event or command stands in a listing: under its context, the tenant's own types, or an empty name. */
export function groupOf(type: EventDocument | CommandDocument): string {
  return type.context ?? ('scope' in type && type.scope === 'tenant' ? ownTypes : '')
}

/** Names of the groups in the order in which they come; what belongs to none is under an empty name. */
export function contextsOf({ events, commands }: CatalogDocument): readonly string[] {
  return [...new Set([...events, ...commands].map(groupOf))]
}
