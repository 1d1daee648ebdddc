import { defineTopic } from 'keelson'

export const topics = [
  defineTopic({
    name: 'tenant-events',
    summary: 'Life of tenants, from registration on.',
    publishers: ['Tenant Management'],
    subscribers: ['Subscription', 'Notification', 'Audit', 'Observability'],
  }),
  defineTopic({
    name: 'identity-events',
    summary: 'Users: their invitations, their activation and their roles.',
    publishers: ['Identity Service'],
    subscribers: ['Notification', 'Audit'],
  }),
  defineTopic({
    name: 'subscription-events',
    summary: 'Which edition a tenant has, and until when.',
    publishers: ['Subscription & Billing'],
    subscribers: ['Configuration', 'Notification', 'Audit'],
  }),
  defineTopic({
    name: 'config-events',
    summary: 'Changes of configuration that services apply while they run.',
    publishers: ['Configuration Service'],
    subscribers: ['Domain services', 'Audit'],
  }),
  defineTopic({
    name: 'notification-events',
    summary: 'What was sent to people, and on which channel.',
    publishers: ['Notification Service'],
    subscribers: ['Reporting', 'Audit'],
  }),
  defineTopic({
    name: 'audit-events',
    summary: 'Entries of the audit trail, for those who export or count them.',
    publishers: ['Audit Trail Service'],
    subscribers: ['AuditExportWorker', 'Reporting'],
  }),
  defineTopic({
    name: 'report-events',
    summary: 'Reports that are ready to be fetched.',
    publishers: ['Reporting & Analytics'],
    subscribers: ['Notification', 'Customer Portal'],
  }),
  defineTopic({
    name: 'domain-events',
    summary: 'Events that a product defines for its own domain, beside those that every product has.',
    publishers: ['Domain microservices'],
    subscribers: ['Notification', 'Reporting', 'Audit', 'Integration'],
  }),
] as const
