import type { BreakerChange, Clock, DeliverySubscription, Platform } from 'keelson'
import { platformTenant } from 'keelson'
import { readEngineName } from '../own/own-subscription.ts'

export interface BreakerRecordOptions {
  readonly platform: Pick<Platform, 'publish'>
  readonly clock: Clock
  /** Told of each change, also of those that are no event. */
  readonly onBreaker?: (change: BreakerChange) => void
  readonly onError: (subscription: string, error: unknown) => void
}

/** Characters of a reason that an event has. */
const longestReason = 2_048

/**
 * Tells of breakers by events, in the log of the tenant whose subscription it is, else in the platform's: one when it
 * opens and one when it is closed again. The probes between are none, so a subscription to these very events that fails
 * makes no more of them.
 */
export class BreakerRecord {
  readonly #options: BreakerRecordOptions
  readonly #watched = new WeakSet<DeliverySubscription>()
  readonly #going = new Set<Promise<void>>()

  constructor(options: BreakerRecordOptions) {
    this.#options = options
  }

  /** Is told of a subscription that was made in code from here on; a second call does nothing. */
  watch(made: DeliverySubscription): void {
    if (this.#watched.has(made)) return
    this.#watched.add(made)
    made.watchBreaker(change => this.tell(change, made.description.tenantId))
  }

  /** Of a tenant's own the name says whose it is. */
  tell(change: BreakerChange, tenantId?: string): void {
    this.#options.onBreaker?.(change)
    if (!isEvent(change)) return
    const going = this.#publish(change, tenantId).catch(error =>
      this.#options.onError(change.subscription, error),
    )
    this.#going.add(going)
    void going.finally(() => this.#going.delete(going))
  }

  /** Resolves when what was told so far is in the log, or could not be. */
  async idle(): Promise<void> {
    while (this.#going.size > 0) await Promise.all(this.#going)
  }

  async #publish({ subscription, partition, from, to, reason }: BreakerChange, tenantId?: string) {
    const { platform, clock } = this.#options
    const own = readEngineName(subscription)
    const name = own?.name ?? subscription
    await platform.publish(own?.tenantId ?? tenantId ?? platformTenant, {
      eventType: 'AuditEventReceived',
      occurredAt: new Date(clock.now()).toISOString(),
      source: 'keelson',
      payload: {
        actor: { type: 'system', id: 'keelson' },
        action: to === 'open' ? 'subscription.breaker_opened' : 'subscription.breaker_closed',
        resource: { type: 'subscription', id: name },
        outcome: 'success',
        reason: reason.slice(0, longestReason),
        summary:
          to === 'open'
            ? `The breaker of "${name}" has opened: it asks for nothing until it has cooled`
            : `The breaker of "${name}" is closed again`,
        payload: { partition, from, to },
      },
    })
  }
}

/** What was done by hand is told by whoever did it. */
const isEvent = ({ from, to, reason }: BreakerChange): boolean =>
  !/^(paused|resumed) by /.test(reason) && (to === 'closed' || (from === 'closed' && to === 'open'))
