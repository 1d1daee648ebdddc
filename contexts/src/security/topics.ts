import { defineTopic } from 'keelson'

/** The channels of the event bus; what a channel does by default stands in its summary. */
export const topics = [
  defineTopic({
    name: 'security',
    summary:
      'Sign-ins, security settings and what security policies did. The channel holds up to 1000 events; a consumer gets 3 attempts, the delay growing from 100 ms to at most 5 s.',
    publishers: ['Authentication Service'],
    subscribers: ['audit-logger', 'metrics-service', 'alert-service'],
  }),
  defineTopic({
    name: 'rbac',
    summary:
      'Permission checks, roles given and taken, and what roles permit. The channel holds up to 500 events; a consumer gets 2 attempts, 200 ms apart, unless the event says otherwise: RoleAssigned, which comes from the topic identity-events too, has 5.',
    publishers: ['RBAC Service', 'UI permission checks', 'Identity Service'],
    subscribers: ['audit-logger', 'permission-cache-invalidator'],
  }),
  defineTopic({
    name: 'audit',
    summary:
      'What users did, for the audit trail and its dashboard. The channel holds up to 2000 events; a consumer gets 5 attempts, the delay growing from 100 ms to at most 10 s.',
    publishers: ['UI Components'],
    subscribers: ['audit-storage-service', 'audit-dashboard-realtime'],
  }),
  defineTopic({
    name: 'system',
    summary:
      'Starts, stops, failed checks, errors and slow answers of services. The channel holds up to 100 events, as every channel for which nothing else is set, and audit-logger hears it where nobody else does.',
    publishers: ['every service'],
    subscribers: ['Monitoring', 'Alerting', 'audit-logger'],
  }),
] as const
