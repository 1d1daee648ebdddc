import type { CasterDefinition } from '../catalog/index.ts'
import type { CommandDefinition, EventDefinition, TopicDefinition } from '../core/index.ts'
import type { ProjectionDefinition } from '../projection/index.ts'

/** What a bounded context brings to a platform. */
export interface ContextDefinition {
  readonly name: string
  readonly events: readonly EventDefinition[]
  readonly commands?: readonly CommandDefinition[]
  readonly topics?: readonly TopicDefinition[]
  /** How payloads of one version of its events become payloads of another. */
  readonly casters?: readonly CasterDefinition[]
  readonly projections?: readonly ProjectionDefinition[]
}

/** @throws TypeError where the name is no lower-case word. */
export function defineContext(definition: ContextDefinition): ContextDefinition {
  if (!/^[a-z][a-z0-9-]{1,49}$/.test(definition.name)) {
    throw new TypeError(`The context name "${definition.name}" is not a lower-case word`)
  }
  return Object.freeze(definition)
}
