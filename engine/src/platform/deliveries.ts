import type { DeliveryOptions } from '../bus/index.ts'
import { DeliverySubscription } from '../bus/index.ts'
import { KeelsonError } from '../core/index.ts'
import type { Transport } from '../transport/index.ts'

/** The subscriptions that a platform runs on its transport. */
export class Deliveries {
  readonly #transport: Transport | undefined
  readonly #byName = new Map<string, DeliverySubscription>()
  #closed = false

  constructor(transport: Transport | undefined) {
    this.#transport = transport
  }

  get byName(): ReadonlyMap<string, DeliverySubscription> {
    return this.#byName
  }

  start(options: DeliveryOptions): DeliverySubscription {
    if (this.#transport === undefined) throw new KeelsonError('transport_missing')
    if (this.#closed) throw new KeelsonError('subscription_closed', 'The platform is closed')
    for (const [name, { isEnding }] of this.#byName) if (isEnding) this.#byName.delete(name)
    const subscription = new DeliverySubscription(this.#transport, options)
    const { name } = subscription
    if (this.#byName.has(name))
      throw new KeelsonError('subscription_exists', `"${name}" runs in this process already`)
    this.#byName.set(name, subscription)
    subscription.start()
    return subscription
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#byName.values()].map(subscription => subscription.close()))
    await this.#transport?.close()
  }
}
