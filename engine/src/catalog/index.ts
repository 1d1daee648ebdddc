export type { Catalog, CatalogEntry } from './catalog.ts'
export { createCatalog } from './catalog.ts'
export { nearestNames } from './nearest-names.ts'
