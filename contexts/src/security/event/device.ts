import type { PersonalField } from 'keelson'
import Type from 'typebox'
import { flag, id, text } from '../../definition/field.ts'

/** From where somebody signed in. No member is required: what is personal is gone once it is erased. */
export const Device = Type.Object(
  {
    deviceId: Type.Optional(id('Id that the device was given.', 'dev-3c19')),
    name: Type.Optional(text('Name that its owner gave it.', "Noor's laptop", 200)),
    kind: Type.Optional(id('What it is: desktop, phone, tablet, server …', 'desktop')),
    os: Type.Optional(id('Operating system, without its version.', 'macOS')),
    browser: Type.Optional(id('Browser or application, without its version.', 'Firefox')),
    trusted: Type.Optional(flag('Whether the user has declared it as trusted.', true)),
    ipAddress: Type.Optional(text('Address that the call came from, IPv4 or IPv6.', '203.0.113.7', 64)),
    userAgent: Type.Optional(
      text('User agent as the caller sent it.', 'Mozilla/5.0 (Macintosh; rv:140.0) Firefox/140.0', 1024),
    ),
    location: Type.Optional(text('Place that the address points to, to the town.', 'Beirut, LB', 200)),
  },
  { description: 'From which device, and from where.' },
)

/** What of a device tells of its owner; its kind and family are shared by millions and stay for statistics. */
export const personalOfDevice: readonly PersonalField[] = [
  { pointer: '/device/deviceId', subject: '/userId', kind: 'device' },
  { pointer: '/device/name', subject: '/userId', kind: 'name' },
  { pointer: '/device/ipAddress', subject: '/userId', kind: 'ip-address' },
  { pointer: '/device/userAgent', subject: '/userId', kind: 'user-agent' },
  { pointer: '/device/location', subject: '/userId', kind: 'location' },
]
