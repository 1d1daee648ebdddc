import type { Catalog } from '../../../catalog/index.ts'
import type { Clock, JsonValue } from '../../../core/index.ts'
import type { Filter } from '../../../transport/index.ts'
import { anyOf, parseFilter } from '../../../transport/index.ts'
import type { DeliveryOptions } from '../../delivery/index.ts'
import type { PublishOptions } from '../../publish/with-delivery.ts'
import type { AcceptedEvent, Carrier, RunningDelivery } from './carrier.ts'
import { crossedCopy } from './crossed-copy.ts'

/** Where events are kept and come from, such as a platform. */
export interface EventOutlet {
  /** Resolves when the event is durable. */
  publish(tenantId: string, event: JsonValue, options?: PublishOptions): Promise<unknown>
  deliver(options: DeliveryOptions): RunningDelivery
  /** By which an event's type has its topic: events of the topic are of the channel of that name too. */
  readonly catalog?: Pick<Catalog, 'entries'>
}

/** Characters of types in one term of a filter. */
const longestList = 8_000

/** Carries events through a log: what it has taken is durable. */
export class LogCarrier implements Carrier {
  readonly isDurable = true
  readonly #outlet: EventOutlet
  readonly #clock: Clock

  constructor(outlet: EventOutlet, clock: Clock) {
    this.#outlet = outlet
    this.#clock = clock
  }

  async carry(accepted: AcceptedEvent): Promise<{ readonly handled: undefined }> {
    const { tenantId, event, options, targetTenantId } = accepted
    await this.#outlet.publish(tenantId, event, options)
    // Where this fails both are published again, of which the first is a repeat.
    if (targetTenantId !== undefined)
      await this.#outlet.publish(targetTenantId, crossedCopy(accepted, targetTenantId), options)
    return { handled: undefined }
  }

  deliver(channel: string, options: DeliveryOptions): RunningDelivery {
    const { filter, start = 'now', ...rest } = options
    const isOfChannel = channelFilter(channel, this.#outlet.catalog)
    const wanted = typeof filter === 'function' ? filter : undefined
    return this.#outlet.deliver({
      ...rest,
      // What is emitted a moment later is to be heard, whenever the subscription has found its place.
      start: start === 'now' ? { time: new Date(this.#clock.now()).toISOString() } : start,
      filter: isOfChannel,
      middleware: wanted === undefined ? [] : [passUnwanted(wanted)],
    })
  }
}

/** What somebody does not want is done without its handler. */
const passUnwanted =
  (wanted: Extract<DeliveryOptions['filter'], (...args: never[]) => boolean>) =>
  (next: NonNullable<DeliveryOptions['handle']>): NonNullable<DeliveryOptions['handle']> =>
  (event, context) =>
    wanted(event) ? next(event, context) : undefined

/** An event is of a channel where it was emitted there, or its type's topic has that name. */
function channelFilter(channel: string, catalog: EventOutlet['catalog']): Filter {
  const types = (catalog?.entries ?? [])
    .map(({ definition }) => definition)
    .filter(({ topic, alsoOn = [] }) => topic === channel || alsoOn.includes(channel))
    .map(({ type }) => `'${type}'`)
  const emitted = parseFilter(`metadata.channel = '${channel}'`)
  return anyOf([emitted, ...listsOf(types).map(list => parseFilter(list, { maxLength: 2 * longestList }))])
}

function listsOf(types: readonly string[]): readonly string[] {
  const lists: string[] = []
  let list: string[] = []
  for (const type of types) {
    if ([...list, type].join(', ').length > longestList) {
      lists.push(`eventType IN (${list.join(', ')})`)
      list = []
    }
    list.push(type)
  }
  return list.length === 0 ? lists : [...lists, `eventType IN (${list.join(', ')})`]
}
