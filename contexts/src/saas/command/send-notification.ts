import { defineCommand } from 'keelson'
import Type from 'typebox'
import { id, list, oneOf, text, time } from '../../definition/field.ts'

const Variable = Type.Object(
  {
    name: id('Name of the gap in the template.', 'reportTitle'),
    value: Type.String({
      description: 'What to fill in; may be empty.',
      maxLength: 4000,
      examples: ['Usage by team'],
    }),
  },
  { description: 'A gap in the template, and what to fill it with.' },
)

export const SendNotification = defineCommand({
  type: 'SendNotification',
  version: '1.0',
  summary: 'Asks for a notification to be sent to one person on one channel.',
  aggregate: 'Notification',
  target: payload => payload.notificationId,
  payload: Type.Object(
    {
      notificationId: id('Id of the notification.', 'ntf-6b'),
      channel: id('Way to go: email, sms, push, inApp, webhook, chat …', 'email'),
      recipient: Type.Object(
        {
          id: id('Opaque id of the user, or of the contact who is none.', 'usr-12'),
          address: Type.Optional(
            text('Where to; absent: what the recipient has for the channel.', 'noor@contoso.example'),
          ),
        },
        { description: 'Who is to get it.' },
      ),
      template: id('Template to make its text from.', 'report-ready'),
      variables: Type.Optional(
        list(Variable, 'What to fill into the template, each name once.', [
          { name: 'reportTitle', value: 'Usage by team' },
        ]),
      ),
      locale: Type.Optional(
        text('Language of the text, a BCP 47 tag; absent: that of the recipient.', 'en-GB', 35),
      ),
      category: Type.Optional(id('What it is for: transactional, security, product …', 'transactional')),
      priority: Type.Optional(oneOf(['High', 'Normal', 'Low'], 'What goes first; absent: Normal.', 'Normal')),
      sendAt: Type.Optional(time('When to send it; absent: at once.', '2026-06-12T07:00:00Z')),
    },
    { description: 'What to send, to whom, and how.' },
  ),
  emits: ['NotificationSent'],
  rejections: [
    { code: 'template_unknown', when: 'There is no such template for the channel.' },
    { code: 'variable_missing', when: 'The template has a gap that nothing was given for.' },
    { code: 'variable_invalid', when: 'A name is given twice, or the template has no such gap.' },
    { code: 'recipient_unreachable', when: 'The recipient has no address for the channel.' },
    { code: 'recipient_opted_out', when: 'The recipient does not want notifications of that category.' },
    { code: 'notification_limit_reached', when: 'The tenant may send no more for the time being.' },
  ],
  permission: 'notifications:write',
  personal: [
    { pointer: '/recipient/address', subject: '/recipient/id', kind: 'address' },
    { pointer: '/variables/*/value', subject: '/recipient/id', kind: 'free-text' },
  ],
  rules: [
    'Notifications of the category security are sent also to those who want none.',
    'A notification that was sent is not sent again under the same id on the same channel.',
  ],
  examples: [
    {
      notificationId: 'ntf-6b',
      channel: 'email',
      recipient: { id: 'usr-12', address: 'noor@contoso.example' },
      template: 'report-ready',
      variables: [{ name: 'reportTitle', value: 'Usage by team' }],
      locale: 'en-GB',
      category: 'transactional',
      priority: 'High',
      sendAt: '2026-06-12T07:00:00Z',
    },
    { notificationId: 'ntf-6c', channel: 'inApp', recipient: { id: 'usr-13' }, template: 'welcome' },
  ],
})
