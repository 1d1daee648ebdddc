import type { ShardedSubscription } from '../bus/index.ts'
import { KeelsonError } from '../core/index.ts'
import type { ProjectionDefinition } from '../projection/index.ts'
import type { EventStore, ScavengeOptions, ScavengeReport, Statement } from '../store/index.ts'
import { scavenge } from '../store/index.ts'

/** Milliseconds between looks at a projection that others wait for. */
const look = 1_000

/** Scavenges, and removes from the projections' tables what they have of the events in the same units of work. */
export function scavengeTenant(
  store: EventStore,
  definitions: readonly ProjectionDefinition[],
  running: ReadonlyMap<string, ShardedSubscription>,
  tenantId: string,
  options: ScavengeOptions = {},
  /** Looks that may find a projection where it was. */
  patience = 10,
): Promise<ScavengeReport> {
  const { sql } = store.capabilities
  if (sql === 'none') return scavenge(store, tenantId, options)
  return scavenge(store, tenantId, {
    ...options,
    async alongside(positions) {
      const statements: Statement[] = [...((await options.alongside?.(positions)) ?? [])]
      const last = positions.reduce((most, position) => Math.max(most, position), 0)
      for (const { name, forgetEvents } of definitions) {
        if (!forgetEvents) continue
        // Content that a projection has read and not stored yet would come back: none is in hand beyond this.
        await untilHandled(running.get(name) as ShardedSubscription, last, {
          tenantId,
          patience,
          signal: options.signal,
        })
        statements.push(...forgetEvents(tenantId, positions, sql))
      }
      return statements
    },
  })
}

interface Waiting {
  readonly tenantId: string
  readonly patience: number
  readonly signal: AbortSignal | undefined
}

/** Waits as long as the projection moves. @throws KeelsonError `projection_behind`. */
export async function untilHandled(
  projection: ShardedSubscription,
  position: number,
  { tenantId, patience, signal }: Waiting,
): Promise<void> {
  let stood = projection.positionOf(tenantId)
  for (let looks = 0; looks < patience; ) {
    if (await projection.waitFor(position, look, tenantId)) return
    signal?.throwIfAborted()
    const stands = projection.positionOf(tenantId)
    looks = stands === stood ? looks + 1 : 0
    stood = stands
  }
  const { name, error } = projection.status
  throw new KeelsonError(
    'projection_behind',
    `The content at position ${position} stays until "${name}" has come as far, which stands at ${stood}${error === undefined ? '' : `: ${error}`}`,
    { projection: name, position: stood },
  )
}
