import type { Catalog } from '../../../catalog/index.ts'
import type { Middleware } from '../handler.ts'

/** The handler sees each event in a version that it accepts; see `Catalog.read` for how versions are named. */
export const withUpcasting =
  (catalog: Pick<Catalog, 'read'>, accepts: readonly string[]): Middleware =>
  next =>
  (event, context) =>
    next(catalog.read(event, accepts), context)
