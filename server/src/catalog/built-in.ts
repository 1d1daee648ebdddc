import * as faces from '@keelson/contexts'
import { readFieldNumbers, readFrozenSchemas } from '@keelson/contexts/schemas'
import type { Catalog, ContextDefinition } from 'keelson'
import { createCatalog } from 'keelson'
import type { FieldNumbers } from 'keelson/protobuf'

/** The contexts that Keelson comes with. */
export const builtInContexts: readonly ContextDefinition[] = Object.values(faces).filter(isContext)

function isContext(value: unknown): value is ContextDefinition {
  return typeof value === 'object' && value !== null && 'events' in value && 'name' in value
}

/** The catalogue of the built-in contexts, without a server or a store. */
export function builtInCatalog(): Catalog {
  return createCatalog(
    builtInContexts.flatMap(context => context.events),
    {
      commands: builtInContexts.flatMap(context => context.commands ?? []),
      topics: builtInContexts.flatMap(context => context.topics ?? []),
      casters: builtInContexts.flatMap(context => context.casters ?? []),
      frozen: readFrozenSchemas(),
    },
  )
}

/** The field numbers that a built-in event has in Protocol Buffers; undefined where none were given out. */
export function builtInNumbers(type: string): FieldNumbers | undefined {
  return readFieldNumbers(type) as FieldNumbers | undefined
}
