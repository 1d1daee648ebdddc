import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, text } from '../../definition/field.ts'
import { deadLetter, retry } from '../../definition/policy.ts'

export const NotificationSent = defineEvent({
  type: 'NotificationSent',
  version: '1.0',
  kind: 'integration',
  topic: 'notification-events',
  summary: 'A notification was handed over on one channel, and the channel took it.',
  producer: 'Notification Service',
  consumers: ['Reporting', 'Audit'],
  aggregate: 'Notification',
  orderingKey: event => event.payload.notificationId,
  idempotencyKey: event => `${event.payload.notificationId}:${event.payload.channel}`,
  payload: Type.Object(
    {
      notificationId: id('Id of the notification.', 'ntf-6b'),
      channel: id('Way that it went: email, sms, push, inApp, webhook, chat …', 'email'),
      recipient: Type.Optional(
        Type.Object(
          {
            id: id('Opaque id of the user, or of the contact who is none.', 'usr-12'),
            address: Type.Optional(
              text('Where it went: an e-mail address, a number, a device.', 'noor@contoso.example'),
            ),
          },
          { description: 'Who got it.' },
        ),
      ),
      template: Type.Optional(id('Template that its text was made from.', 'user-invitation')),
      templateVersion: Type.Optional(id('Version of the template.', '4')),
      locale: Type.Optional(text('Language of the text, a BCP 47 tag.', 'ar-LB', 35)),
      category: Type.Optional(id('What it is for: transactional, security, product …', 'transactional')),
      provider: Type.Optional(id('Service that carried it.', 'smtp-relay')),
      providerMessageId: Type.Optional(text('Its id at that service.', '01J8ZC6Q4T', 256)),
      attempts: Type.Optional(count('Tries that it took, this one included.', 1, 1)),
      latencyMs: Type.Optional(count('Milliseconds from the request until it was taken.', 420)),
      requestedBy: Type.Optional(id('Event, command or service that asked for it.', 'evt-5c1a9f2b')),
    },
    { description: 'Which notification went on which channel, and to whom.' },
  ),
  rules: [
    'Sent means that the channel took it; that somebody received or read it is not said.',
    'A notification is for one recipient; where it goes on several channels, each makes an event.',
    'Neither its text nor what was filled into the template stands in the event.',
  ],
  personal: [{ pointer: '/recipient/address', subject: '/recipient/id', kind: 'address' }],
  retention: {
    period: 'P1Y',
    basis: 'Long enough to compare deliveries with the year before, and to answer whether somebody was told.',
  },
  retry: retry.worker,
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Count of notifications, by channel, template and provider.', 'Latency by channel.'],
    alerts: ['For 15 minutes, less than 90 in 100 requested notifications are sent on a channel.'],
  },
  examples: [
    {
      notificationId: 'ntf-6b',
      channel: 'email',
      recipient: { id: 'usr-12', address: 'noor@contoso.example' },
      template: 'user-invitation',
      templateVersion: '4',
      locale: 'ar-LB',
      category: 'transactional',
      provider: 'smtp-relay',
      providerMessageId: '01J8ZC6Q4T',
      attempts: 2,
      latencyMs: 5310,
      requestedBy: 'evt-5c1a9f2b',
    },
    { notificationId: 'ntf-6c', channel: 'inApp', recipient: { id: 'usr-13' }, template: 'report-ready' },
  ],
})
