export type { Alarm } from './alarm.ts'
export { systemAlarm } from './alarm.ts'
export { asCorrelation } from './filter/as-correlation.ts'
export type { CorrelationMembers, CorrelationValue } from './filter/correlation.ts'
export { correlationFilter } from './filter/correlation.ts'
export type { Truth } from './filter/evaluate/compare.ts'
export type { Filter, ParseOptions } from './filter/filter.ts'
export { anyOf, falseFilter, parseFilter, toSqlText, trueFilter } from './filter/filter.ts'
export type { DeliveryFacts } from './filter/message/envelope-message.ts'
export { messageOf } from './filter/message/envelope-message.ts'
export type { FilterMessage } from './filter/message/filter-message.ts'
export type { MessageProperties } from './filter/message/plain-message.ts'
export { plainMessage } from './filter/message/plain-message.ts'
export type { FilterWarning } from './filter/parse/cursor.ts'
export type { FilterDialect } from './filter/print/print-expression.ts'
export type { Expression, Predicate } from './filter/syntax/expression.ts'
export { filterLimits } from './filter/syntax/limits.ts'
export type {
  PropertyReference,
  SystemReference,
  UserReference,
} from './filter/syntax/property-reference.ts'
export { userReference } from './filter/syntax/property-reference.ts'
export type { FilterPosition } from './filter/syntax/syntax-error.ts'
export type { SystemProperty } from './filter/syntax/system-property.ts'
export type { UsedProperties } from './filter/used-properties.ts'
export { usedProperties } from './filter/used-properties.ts'
export type { Delivery, Receiver, Transport } from './port.ts'
export type {
  ReceiverSpec,
  ReceiverStatus,
  ScheduledStatus,
  SetAsideOptions,
  Start,
  Support,
  TransportCapabilities,
} from './port-types.ts'
export { recordedOf } from './receiver/recorded-of.ts'
export { tellReplay } from './receiver/replay-bell.ts'
export { startPosition } from './receiver/start-position.ts'
export type { Attempt, DeadLetterReason } from './record/attempt.ts'
export type { LogPlace } from './record/collections.ts'
export {
  checkSubscriptionName,
  deadLetterCollection,
  ownerCollection,
  parkedCollection,
  parkedId,
  partitionName,
  readPartitionName,
  scheduledCollection,
  troubleId,
  waitingCollection,
} from './record/collections.ts'
export type { DeadLetter, PayloadEdit, ReplayedLetter, Trouble } from './record/trouble.ts'
export {
  deadLetterChange,
  readDeadLetter,
  readTrouble,
  replayChange,
  waitingChange,
} from './record/trouble.ts'
export type { Sender, SendResult } from './sender-port.ts'
export type { TopologyDifference, TransportTopology } from './topology.ts'
