import type { CatalogEvent } from '../../api/catalog-types.ts'

/** An event of a catalogue with what a test says of it. */
export function anEvent(given: Partial<CatalogEvent> & { readonly type: string }): CatalogEvent {
  return {
    version: '1.0',
    kind: 'domain',
    topic: 'orders',
    alsoOn: [],
    summary: 'Something happened.',
    producer: 'Shop',
    consumers: [],
    rules: [],
    personal: [],
    isDerived: false,
    isReserved: false,
    scope: 'platform',
    schema: { type: 'object', properties: {} },
    schemaHash: '0',
    examples: [],
    versions: [{ version: '1.0', hash: '0' }],
    ...given,
  }
}
