import type { DeliveryOptions, PublishOptions } from '../bus/index.ts'
import type { CasterDefinition } from '../catalog/index.ts'
import type { CommandDefinition, EventDefinition, JsonValue, TopicDefinition } from '../core/index.ts'
import type { ProjectionDefinition } from '../projection/index.ts'
import type { Receipt } from '../store/index.ts'

/** What the handlers of a context may do on the platform that they run on. */
export interface ContextPlatform {
  publish(tenantId: string, event: JsonValue, options?: PublishOptions): Promise<Receipt>
}

/** A subscription that a platform starts on its transport, or what makes one for handlers that publish. */
export type DeliveryDefinition = DeliveryOptions | ((platform: ContextPlatform) => DeliveryOptions)

/** What a bounded context brings to a platform. */
export interface ContextDefinition {
  readonly name: string
  readonly events: readonly EventDefinition[]
  readonly commands?: readonly CommandDefinition[]
  readonly topics?: readonly TopicDefinition[]
  /** How payloads of one version of its events become payloads of another. */
  readonly casters?: readonly CasterDefinition[]
  readonly projections?: readonly ProjectionDefinition[]
  /** Started with the platform, which needs a transport for them. */
  readonly subscriptions?: readonly DeliveryDefinition[]
}

/** @throws TypeError that says what is wrong with the name. */
export function defineContext(definition: ContextDefinition): ContextDefinition {
  const fault = faultOfName(definition.name)
  if (fault !== undefined) throw new TypeError(`The name of a context ${fault}`)
  return Object.freeze(definition)
}

function faultOfName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'must be a text'
  const shown = JSON.stringify(name.slice(0, 60))
  if (name.length < 2 || name.length > 50) return `must have 2 to 50 characters; ${shown} has ${name.length}`
  if (/^[a-z][a-z0-9-]*$/.test(name)) return undefined
  return `must begin with a letter of a-z and have no others than a-z, 0-9 and "-"; ${shown} does not`
}
