import type { CreateSubscriptionOptions, CreateTopicOptions } from '@azure/service-bus'
import type { JsonObject } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { TopologyDifference } from '../../topology.ts'
import { busCodeOf, toBusError } from '../client/bus-error.ts'
import type { Administration } from '../client/open-client.ts'
import type { BusSettings } from '../service-bus-options.ts'
import { fromDuration, toDuration } from './entity-name.ts'
import type { SubscriptionPlace } from './subscription-place.ts'
import { ruleName } from './subscription-rule.ts'

type Work = { readonly difference: TopologyDifference; readonly mend: (() => Promise<unknown>) | undefined }

/** Topics, subscriptions and rules as they should be, held against what the namespace has. */
export class BrokerEntities {
  readonly #administration: Administration
  readonly #settings: BusSettings

  constructor(administration: Administration, settings: BusSettings) {
    this.#administration = administration
    this.#settings = settings
  }

  async topic(topic: string, signal: AbortSignal): Promise<readonly Work[]> {
    const name = `${this.#settings.topicPrefix}${topic}`
    const { duplicateWindow } = this.#settings
    const abortSignal = signal
    const wanted: CreateTopicOptions = {
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: toDuration(duplicateWindow),
      supportOrdering: true,
    }
    const present = await this.#found(() => this.#administration.getTopic(name, { abortSignal }))
    const admin = this.#administration
    if (present === undefined)
      return [missing('topic', name, wanted, () => admin.createTopic(name, { ...wanted, abortSignal }))]
    if (!present.requiresDuplicateDetection) {
      // It is said when a topic is made, and never again.
      return [
        different('topic', name, { requiresDuplicateDetection: true }, { requiresDuplicateDetection: false }),
      ]
    }
    const window = present.duplicateDetectionHistoryTimeWindow
    if (fromDuration(window) === duplicateWindow) return []
    const change = { duplicateDetectionHistoryTimeWindow: toDuration(duplicateWindow) }
    const mend = () => admin.updateTopic({ ...present, ...change }, { abortSignal })
    return [different('topic', name, change, { duplicateDetectionHistoryTimeWindow: window }, mend)]
  }

  async subscription(topic: string, place: SubscriptionPlace, signal: AbortSignal): Promise<readonly Work[]> {
    const topicName = `${this.#settings.topicPrefix}${topic}`
    const name = `${topicName}/${place.name}`
    const admin = this.#administration
    const abortSignal = signal
    const wanted = this.#subscriptionOptions
    const rule = { name: ruleName, filter: { sqlExpression: place.rule } }
    const present = await this.#found(() => admin.getSubscription(topicName, place.name, { abortSignal }))
    if (present === undefined) {
      const create = () =>
        admin.createSubscription(topicName, place.name, { ...wanted, defaultRuleOptions: rule, abortSignal })
      return [missing('subscription', name, { ...wanted, rule: place.rule }, create)]
    }
    if (!present.requiresSession)
      return [different('subscription', name, { requiresSession: true }, { requiresSession: false })]
    const work: Work[] = []
    const isSame =
      fromDuration(present.lockDuration) === this.#settings.lockDuration &&
      present.maxDeliveryCount === this.#settings.maxDeliveryCount &&
      present.deadLetteringOnMessageExpiration
    if (!isSame) {
      const { lockDuration, maxDeliveryCount, deadLetteringOnMessageExpiration } = present
      const mend = () => admin.updateSubscription({ ...present, ...wanted }, { abortSignal })
      work.push(
        different(
          'subscription',
          name,
          wanted,
          { lockDuration, maxDeliveryCount, deadLetteringOnMessageExpiration },
          mend,
        ),
      )
    }
    return [...work, ...(await this.#rules(topicName, place, signal))]
  }

  /** Subscriptions of a topic that none of the names is about. */
  async strangers(topic: string, names: ReadonlySet<string>, signal: AbortSignal): Promise<readonly Work[]> {
    const topicName = `${this.#settings.topicPrefix}${topic}`
    const found: Work[] = []
    try {
      for await (const { subscriptionName } of this.#administration.listSubscriptions(topicName, {
        abortSignal: signal,
      }))
        if (!names.has(subscriptionName))
          found.push({
            difference: { kind: 'extra', what: 'subscription', name: `${topicName}/${subscriptionName}` },
            mend: undefined,
          })
    } catch (error) {
      if (!isMissing(error)) throw toBusError(error, 'to list subscriptions')
    }
    return found
  }

  get #subscriptionOptions() {
    const { lockDuration, maxDeliveryCount } = this.#settings
    return {
      requiresSession: true,
      lockDuration: toDuration(lockDuration),
      maxDeliveryCount,
      deadLetteringOnMessageExpiration: true,
    } satisfies CreateSubscriptionOptions
  }

  async #rules(topicName: string, place: SubscriptionPlace, signal: AbortSignal): Promise<readonly Work[]> {
    const admin = this.#administration
    const abortSignal = signal
    const name = `${topicName}/${place.name}/${ruleName}`
    const work: Work[] = []
    let isThere = false
    for await (const rule of admin.listRules(topicName, place.name, { abortSignal })) {
      const text = 'sqlExpression' in rule.filter ? rule.filter.sqlExpression : undefined
      if (rule.name === ruleName) {
        isThere = true
        if (text === place.rule) continue
        const mend = async () => {
          const own = await admin.getRule(topicName, place.name, ruleName, { abortSignal })
          await admin.updateRule(
            topicName,
            place.name,
            { ...own, filter: { sqlExpression: place.rule } },
            { abortSignal },
          )
        }
        work.push(different('rule', name, place.rule, text ?? 'a correlation filter', mend))
      } else {
        // Any other rule lets through what this one leaves out, and an event twice that both match.
        const extra = {
          kind: 'extra',
          what: 'rule',
          name: `${topicName}/${place.name}/${rule.name}`,
        } as const
        const isDefault = rule.name === '$Default'
        const mend = isDefault
          ? () => admin.deleteRule(topicName, place.name, rule.name, { abortSignal })
          : undefined
        work.push({ difference: extra, mend })
      }
    }
    if (isThere) return work
    const create = () =>
      admin.createRule(topicName, place.name, ruleName, { sqlExpression: place.rule }, { abortSignal })
    return [missing('rule', name, place.rule, create), ...work]
  }

  async #found<Found>(get: () => Promise<Found>): Promise<Found | undefined> {
    try {
      return await get()
    } catch (error) {
      if (isMissing(error)) return undefined
      throw toBusError(error, 'to say what it has')
    }
  }
}

/** Mends what can be mended, and gives what is left. What somebody else has made meanwhile is as good. */
export async function mend(work: readonly Work[]): Promise<readonly TopologyDifference[]> {
  const left: TopologyDifference[] = []
  for (const { difference, mend: run } of work) {
    if (run === undefined) {
      left.push(difference)
      continue
    }
    try {
      await run()
    } catch (error) {
      if (busCodeOf(error) === 'MessageEntityAlreadyExistsError') continue
      throw toBusError(error, `to make the ${difference.what} ${difference.name}`)
    }
  }
  return left
}

const isMissing = (error: unknown): boolean => {
  const code = error instanceof KeelsonError ? undefined : busCodeOf(error)
  return code === 'MessageEntityNotFoundError' || code === 'MessagingEntityNotFound'
}

type Value = JsonObject | string

const missing = (what: string, name: string, wanted: object | string, run: Work['mend']): Work => ({
  difference: { kind: 'missing', what, name, wanted: wanted as Value },
  mend: run,
})

const different = (
  what: string,
  name: string,
  wanted: object | string,
  present: object | string,
  run?: Work['mend'],
): Work => ({
  difference: { kind: 'different', what, name, wanted: wanted as Value, present: present as Value },
  mend: run,
})
