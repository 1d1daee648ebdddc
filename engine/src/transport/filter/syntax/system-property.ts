/**
 * The properties of a message in the scope `sys`, by the names of Azure Service Bus. `Subject` is the newer name of
 * `Label`; both are read, and `Label` is written.
 */
export const systemProperties = [
  'ContentType',
  'CorrelationId',
  'DeadLetterSource',
  'DeliveryCount',
  'EnqueuedSequenceNumber',
  'EnqueuedTimeUtc',
  'ExpiresAtUtc',
  'Label',
  'LockedUntilUtc',
  'MessageId',
  'PartitionKey',
  'ReplyTo',
  'ReplyToSessionId',
  'ScheduledEnqueueTimeUtc',
  'SequenceNumber',
  'SessionId',
  'Size',
  'State',
  'TimeToLive',
  'To',
  'ViaPartitionKey',
] as const

export type SystemProperty = (typeof systemProperties)[number]

const aliases: Readonly<Record<string, SystemProperty>> = {
  subject: 'Label',
  enqueuedtime: 'EnqueuedTimeUtc',
  expiresat: 'ExpiresAtUtc',
  lockeduntil: 'LockedUntilUtc',
  scheduledenqueuetime: 'ScheduledEnqueueTimeUtc',
  transactionpartitionkey: 'ViaPartitionKey',
}

const byKey: ReadonlyMap<string, SystemProperty> = new Map([
  ...systemProperties.map(name => [name.toLowerCase(), name] as const),
  ...Object.entries(aliases),
])

/** The property of a name in any case; undefined where there is none. */
export function systemProperty(name: string): SystemProperty | undefined {
  return byKey.get(name.toLowerCase())
}
