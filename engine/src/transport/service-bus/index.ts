export type { ServiceBusTransportOptions } from './service-bus-options.ts'
export type { ServiceBusTransport } from './service-bus-transport.ts'
export { createServiceBusTransport } from './service-bus-transport.ts'
export type { TopicPlan } from './topology/topic-plan.ts'
