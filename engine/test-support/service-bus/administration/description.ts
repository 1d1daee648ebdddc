import type { CorrelationMembers } from '../../../src/transport/index.ts'
import type { QueueSettings, TopicSettings } from '../namespace.ts'
import type { Address } from '../topic/address.ts'
import type { Rule, RuleFilter } from '../topic/rule.ts'
import type { TopicSubscription } from '../topic/subscription.ts'
import type { XmlElement } from './xml.ts'
import { escapeXml, findElement, textsOf } from './xml.ts'

const longest = 'P10675199DT2H48M5.4775807S'
const date = '2026-01-01T00:00:00Z'

/** What a topic has where its creator said nothing, in the order of the protocol. */
const topicDefaults = {
  DefaultMessageTimeToLive: longest,
  MaxSizeInMegabytes: '1024',
  RequiresDuplicateDetection: 'false',
  DuplicateDetectionHistoryTimeWindow: 'PT10M',
  EnableBatchedOperations: 'true',
  SizeInBytes: '0',
  Status: 'Active',
  CreatedAt: date,
  UpdatedAt: date,
  AccessedAt: date,
  SupportOrdering: 'true',
  AutoDeleteOnIdle: longest,
  EnablePartitioning: 'false',
  EntityAvailabilityStatus: 'Available',
  EnableExpress: 'false',
} as const

const subscriptionDefaults = {
  LockDuration: 'PT1M',
  RequiresSession: 'false',
  DefaultMessageTimeToLive: longest,
  DeadLetteringOnMessageExpiration: 'false',
  DeadLetteringOnFilterEvaluationExceptions: 'true',
  MaxDeliveryCount: '10',
  EnableBatchedOperations: 'true',
  Status: 'Active',
  CreatedAt: date,
  UpdatedAt: date,
  AccessedAt: date,
  AutoDeleteOnIdle: longest,
  EntityAvailabilityStatus: 'Available',
} as const

export function topicSettings(description: ReadonlyMap<string, string>): TopicSettings {
  const window =
    description.get('DuplicateDetectionHistoryTimeWindow') ??
    topicDefaults.DuplicateDetectionHistoryTimeWindow
  const detects = description.get('RequiresDuplicateDetection') === 'true'
  return { description, ...(detects ? { duplicateWindow: milliseconds(window) } : {}) }
}

export function subscriptionSettings(
  description: ReadonlyMap<string, string>,
): QueueSettings & TopicSettings {
  const of = (name: keyof typeof subscriptionDefaults) => description.get(name) ?? subscriptionDefaults[name]
  return {
    description,
    lockDuration: milliseconds(of('LockDuration')),
    requiresSession: of('RequiresSession') === 'true',
    maxDeliveryCount: Number(of('MaxDeliveryCount')),
    deadLettersExpired: of('DeadLetteringOnMessageExpiration') === 'true',
    timeToLive: milliseconds(of('DefaultMessageTimeToLive')),
  }
}

/** Of a duration of ISO 8601. */
function milliseconds(text: string): number {
  const units: Readonly<Record<string, number>> = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1_000 }
  return [...text.matchAll(/([\d.]+)([DHMS])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  )
}

const elements = (members: Readonly<Record<string, string>>): string =>
  Object.entries(members)
    .map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`)
    .join('')

export const describeTopic = ({ description, subscriptions, schedule }: Address): string => {
  const members = {
    ...topicDefaults,
    ...Object.fromEntries(description),
    SubscriptionCount: String(subscriptions.size),
  }
  return element('TopicDescription', elements(members) + counts({ ScheduledMessageCount: schedule.size }))
}

export function describeSubscription({ description, queue }: TopicSubscription): string {
  const { activeCount, deadLetters } = queue
  const members = {
    ...subscriptionDefaults,
    ...Object.fromEntries(description),
    MessageCount: String(activeCount),
  }
  const details = { ActiveMessageCount: activeCount, DeadLetterMessageCount: deadLetters?.activeCount ?? 0 }
  return element('SubscriptionDescription', elements(members) + counts(details))
}

export const describeRule = ({ name, filter }: Rule): string =>
  element(
    'RuleDescription',
    `${describeFilter(filter)}<Action i:type="EmptyRuleAction"/>${elements({ Name: name })}`,
  )

function describeFilter(filter: RuleFilter): string {
  if (filter.kind === 'sql')
    return `<Filter i:type="SqlFilter">${elements({ SqlExpression: filter.expression })}</Filter>`
  const given = filterMembers.flatMap(([member, wire]) => {
    const text = filter.members[member]
    return text === undefined ? [] : [[wire, text]]
  })
  return `<Filter i:type="CorrelationFilter">${elements(Object.fromEntries(given))}</Filter>`
}

/** The filter of a rule's description. */
export function readFilter(description: XmlElement): RuleFilter {
  const texts = textsOf(findElement(description, 'Filter') ?? description)
  const expression = texts.get('SqlExpression')
  if (expression !== undefined) return { kind: 'sql', expression }
  const given = filterMembers.flatMap(([member, wire]) => {
    const text = texts.get(wire)
    return text === undefined ? [] : [[member, text]]
  })
  return { kind: 'correlation', members: Object.fromEntries(given) as CorrelationMembers }
}

/** Properties of one's own are left out of correlation filters that are made over HTTP. */
const filterMembers = [
  ['correlationId', 'CorrelationId'],
  ['messageId', 'MessageId'],
  ['to', 'To'],
  ['replyTo', 'ReplyTo'],
  ['label', 'Label'],
  ['sessionId', 'SessionId'],
  ['replyToSessionId', 'ReplyToSessionId'],
  ['contentType', 'ContentType'],
] as const

const connectNamespace = 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect'
const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance'

const element = (name: string, content: string): string =>
  `<${name} xmlns="${connectNamespace}" xmlns:i="${instanceNamespace}">${content}</${name}>`

const counts = (details: Readonly<Record<string, number>>): string => {
  const each = Object.entries(details).map(([name, count]) => `<d2p1:${name}>${count}</d2p1:${name}>`)
  return `<CountDetails xmlns:d2p1="http://schemas.microsoft.com/netservices/2011/06/servicebus">${each.join('')}</CountDetails>`
}
