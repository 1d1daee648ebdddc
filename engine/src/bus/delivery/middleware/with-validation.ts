import type { Catalog } from '../../../catalog/index.ts'
import type { Middleware } from '../handler.ts'

/** An event whose payload its schema refuses is not handled; see `Catalog.verify` for what is passed over. */
export const withValidation =
  (catalog: Pick<Catalog, 'verify'>): Middleware =>
  next =>
  (event, context) => {
    catalog.verify(event)
    return next(event, context)
  }
