import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, number, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'
import { Device, personalOfDevice } from './device.ts'

/** What the three have in common. They are kept apart from the user itself, whose stream stays short. */
const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'security',
  producer: 'Authentication Service',
  consumers: ['audit-logger', 'metrics-service', 'alert-service'],
  aggregate: 'UserAuthentication',
  personal: personalOfDevice,
  retention: retention.security,
  retry: retry.security,
  deadLetter: deadLetter.page,
} as const

const userId = id('Opaque id of the user; never a name or an address.', 'usr-12')
const method = id('How: password, passkey, sso, apiKey …', 'passkey')
const factor = id('Second factor that was asked for: totp, sms, push …', 'totp')
const identityProvider = id('Who vouches for the user, with single sign-on.', 'contoso-entra')
const sessionId = id('Id of the session for records; not the secret that opens it.', 'ses-90be')

/** The device of the examples. */
const laptop = {
  deviceId: 'dev-3c19',
  name: "Noor's laptop",
  kind: 'desktop',
  os: 'macOS',
  browser: 'Firefox',
  trusted: true,
  ipAddress: '203.0.113.7',
  userAgent: 'Mozilla/5.0 (Macintosh; rv:140.0) Firefox/140.0',
  location: 'Beirut, LB',
}

export const UserLoggedIn = defineEvent({
  ...common,
  type: 'UserLoggedIn',
  summary: 'A user proved who it is and was given a session.',
  orderingKey: event => event.payload.userId,
  idempotencyKey: event => `${event.payload.userId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      userId,
      device: Device,
      sessionId: Type.Optional(sessionId),
      method: Type.Optional(method),
      factor: Type.Optional(factor),
      identityProvider: Type.Optional(identityProvider),
      isNewDevice: Type.Optional(flag('Whether the user was never seen with the device before.', false)),
      riskScore: Type.Optional(
        number('Risk of the sign-in, from 0 to 100.', 12, { minimum: 0, maximum: 100 }),
      ),
      sessionExpiresAt: Type.Optional(time('When the session ends at the latest.', '2026-06-11T19:00:00Z')),
    },
    { description: 'Who signed in, how, and from which device.' },
  ),
  rules: [
    'Every factor that was asked for has been passed.',
    'At least one member of the device is there, unless it was erased.',
    'The event says who and from which device; secrets, tokens and cookies never stand in it.',
    'Renewing a session is no sign-in and makes no such event.',
  ],
  monitoring: {
    metrics: ['Count of sign-ins, by method and kind of device.', 'Share of sign-ins with a second factor.'],
    alerts: ['One user signs in from two places that nobody could travel between in that time.'],
  },
  examples: [
    {
      userId: 'usr-12',
      device: laptop,
      sessionId: 'ses-90be',
      method: 'sso',
      factor: 'totp',
      identityProvider: 'contoso-entra',
      isNewDevice: false,
      riskScore: 12,
      sessionExpiresAt: '2026-06-11T19:00:00Z',
    },
    {
      userId: 'usr-13',
      device: { kind: 'phone', os: 'Android', ipAddress: '2001:db8::7' },
      method: 'passkey',
    },
  ],
})

export const UserLoggedOut = defineEvent({
  ...common,
  type: 'UserLoggedOut',
  summary: 'A session of a user ended.',
  orderingKey: event => event.payload.userId,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      userId,
      device: Type.Optional(Device),
      sessionId: Type.Optional(sessionId),
      reason: Type.Optional(id('Why: userRequest, idle, expired, revoked, passwordChanged …', 'userRequest')),
      endedBy: Type.Optional(id('Opaque id of whoever ended it, where that is not the user.', 'usr-7a10')),
      sessionDurationMs: Type.Optional(count('Milliseconds that the session lasted.', 5_400_000)),
    },
    { description: 'Whose session ended, and why.' },
  ),
  rules: [
    'The session takes no further call.',
    'The device is the one that the session was opened from; it is left out where that is no longer known.',
    'Ending all sessions of a user makes an event for each.',
  ],
  monitoring: {
    metrics: ['Count of ended sessions, by reason.', 'Duration of sessions.'],
    alerts: ['Sessions of more than 100 users of a tenant are revoked within 5 minutes.'],
  },
  examples: [
    {
      userId: 'usr-12',
      device: laptop,
      sessionId: 'ses-90be',
      reason: 'userRequest',
      sessionDurationMs: 5_400_000,
    },
    { userId: 'usr-13', reason: 'revoked', endedBy: 'usr-7a10' },
  ],
})

export const LoginFailed = defineEvent({
  ...common,
  type: 'LoginFailed',
  summary: 'Somebody tried to sign in and was turned away.',
  orderingKey: event => event.payload.userId,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      userId: id(
        'Opaque id of the user whose name was given; where nobody has it, a keyed digest of the name.',
        'usr-12',
      ),
      reason: id(
        'Why: wrongPassword, unknownUser, wrongFactor, accountLocked, accountDisabled, policyDenied …',
        'wrongPassword',
      ),
      device: Device,
      isKnownUser: Type.Optional(flag('Whether a user has the name that was given.', true)),
      method: Type.Optional(method),
      factor: Type.Optional(factor),
      identityProvider: Type.Optional(identityProvider),
      failedAttempts: Type.Optional(count('Failures of this user in a row, this one included.', 3, 1)),
      lockedUntil: Type.Optional(time('Until when the account takes no tries.', '2026-06-11T09:15:00Z')),
    },
    { description: 'Whose account it was, why it failed, and from which device.' },
  ),
  rules: [
    'What was typed never stands in the event: people type passwords where names belong.',
    'The key of the digest is kept apart from the log, so that names cannot be tried out on it.',
    'At least one member of the device is there, unless it was erased.',
    'No session was given, and the caller is not told whether the user exists.',
  ],
  monitoring: {
    metrics: ['Count of failures, by reason and method.', 'Share of tries that fail.'],
    alerts: [
      'One account fails more than 10 times in 5 minutes.',
      'One address fails on more than 20 accounts in 10 minutes.',
    ],
  },
  examples: [
    {
      userId: 'usr-12',
      reason: 'wrongFactor',
      device: {
        deviceId: 'dev-8d40',
        name: 'Old phone',
        kind: 'phone',
        os: 'Android',
        browser: 'Chrome',
        trusted: false,
        ipAddress: '2001:db8::7',
        location: 'Byblos, LB',
      },
      isKnownUser: true,
      method: 'sso',
      factor: 'totp',
      identityProvider: 'contoso-entra',
      failedAttempts: 5,
      lockedUntil: '2026-06-11T09:15:00Z',
    },
    {
      userId: 'unknown-5d41402abc4b2a76b9719d91',
      reason: 'unknownUser',
      device: { ipAddress: '198.51.100.23', userAgent: 'curl/8.5.0' },
      isKnownUser: false,
      method: 'password',
    },
  ],
})
