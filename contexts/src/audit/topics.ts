import { defineTopic } from 'keelson'

export const auditTopics = [
  defineTopic({
    name: 'audit.ingestion',
    summary: 'What comes in: audit events, refused records, and the course of imports.',
    publishers: ['Ingestion API', 'Batch Ingestion Service'],
    subscribers: ['Storage Service', 'Classification Service', 'Monitoring', 'Alerting'],
  }),
  defineTopic({
    name: 'audit.storage',
    summary: 'The life of event streams, from their first event to their archive.',
    publishers: ['Storage Service', 'Archive Service'],
    subscribers: ['Query Service', 'Integrity Service', 'Archive Service'],
  }),
  defineTopic({
    name: 'audit.classification',
    summary: 'Labels of audit events, personal data found in them, and what was taken out.',
    publishers: ['Classification Service'],
    subscribers: ['Query Service', 'Retention Service', 'Alerting'],
  }),
  defineTopic({
    name: 'audit.retention',
    summary: 'How long audit events are kept, what holds them, and how they end.',
    publishers: ['Retention Service'],
    subscribers: ['Query Service', 'Archive Service', 'Integrity Service'],
  }),
  defineTopic({
    name: 'audit.policy',
    summary: 'Policies of tenants for their audit trails.',
    publishers: ['Policy Service'],
    subscribers: ['Classification Service', 'Retention Service'],
  }),
  defineTopic({
    name: 'audit.tenant',
    summary: 'The life of tenants, for all who keep something for them.',
    publishers: ['Tenant Service'],
    subscribers: ['every context'],
  }),
  defineTopic({
    name: 'audit.export',
    summary: 'Exports of audit events, from the request to the delivery.',
    publishers: ['Export Service'],
    subscribers: ['Export Worker', 'Query Service', 'Notification', 'Alerting'],
  }),
  defineTopic({
    name: 'audit.integrity',
    summary: 'Results of checks of streams and signatures.',
    publishers: ['Integrity Service'],
    subscribers: ['Compliance', 'Alerting'],
  }),
  defineTopic({
    name: 'audit.delivery',
    summary: 'Deliveries of events to systems of others.',
    publishers: ['Delivery Service'],
    subscribers: ['Monitoring', 'Alerting'],
  }),
] as const
