import type { EventDefinition } from 'keelson'
import { Compile } from 'typebox/compile'
import { describe, expect, it, test } from 'vitest'
import { saas } from './saas/index.ts'
import { security } from './security/index.ts'

const events = [saas, security].flatMap(context => context.events)

type Node = Record<string, unknown>

const parts = (pointer: string) => pointer.split('/').slice(1)
const parentOf = (pointer: string) => pointer.slice(0, pointer.lastIndexOf('/'))

/** The schema of what a pointer points at. */
function schemaAt(schema: unknown, pointer: string): Node {
  let at = schema as Node
  for (const part of parts(pointer)) at = (at['properties'] as Node)[part] as Node
  return at
}

/** A copy of the payload without what the pointers point at. */
function without(payload: unknown, pointers: readonly string[]): Node {
  const copy = structuredClone(payload) as Node
  for (const pointer of pointers) {
    const path = parts(pointer)
    let at: Node | undefined = copy
    for (const part of path.slice(0, -1)) at = at?.[part] as Node | undefined
    if (at !== undefined) delete at[path.at(-1) as string]
  }
  return copy
}

const personal = (event: EventDefinition) => event.personal ?? []

/** What gives a person away: addresses of any sort, user agents, and the names that the examples use. */
const traces = [
  /\S@\S/,
  /\b\d{1,3}(\.\d{1,3}){3}\b/,
  /[0-9a-f]{1,4}::[0-9a-f]/i,
  /Mozilla|curl/,
  /Ada|Ferris|Noor|Haddad/,
]
const timePattern = /\d{4}-\d\d-\d\dT[\d:.]+Z/g

describe.each(events.map(event => [event.type, event] as const))('%s', (_, event) => {
  it('has nothing that gives a person away outside its personal fields', () => {
    for (const example of event.examples) {
      const rest = without(
        example,
        personal(event).map(field => field.pointer),
      )
      const values = JSON.stringify(rest).replaceAll(timePattern, '')
      for (const trace of traces) expect(values).not.toMatch(trace)
    }
  })

  it('names the person wherever it has something personal, and one person for each object', () => {
    const subjects = new Map<string, string>()
    for (const { pointer, subject } of personal(event)) {
      const holder = parentOf(subject)
      expect(pointer.startsWith(`${holder}/`), `${subject} stands beside ${pointer} or above it`).toBe(true)
      expect(schemaAt(event.payload, holder)['required']).toContain(parts(subject).at(-1))
      expect(subjects.get(parentOf(pointer)) ?? subject).toBe(subject)
      subjects.set(parentOf(pointer), subject)
    }
  })

  it('says what kind of data each personal field is', () => {
    const kinds = ['name', 'email', 'address', 'ip-address', 'user-agent', 'device', 'location', 'free-text']
    for (const field of personal(event)) expect(kinds).toContain(field.kind)
  })

  it('still fits its schema when its personal fields are erased', () => {
    const schema = Compile(event.payload)
    const pointers = personal(event).map(field => field.pointer)
    for (const example of event.examples) expect(schema.Check(without(example, pointers))).toBe(true)
    for (const pointer of pointers) {
      const holder = schemaAt(event.payload, parentOf(pointer))
      expect(holder['required'] ?? []).not.toContain(parts(pointer).at(-1))
    }
  })
})

test.each([
  ['TenantRegistered', ['/contact/name', '/contact/email']],
  ['UserInvited', ['/displayName', '/email', '/note/text']],
  ['UserActivated', ['/displayName', '/email']],
  ['NotificationSent', ['/recipient/address']],
  [
    'UserLoggedIn',
    ['/device/deviceId', '/device/name', '/device/ipAddress', '/device/userAgent', '/device/location'],
  ],
  [
    'LoginFailed',
    ['/device/deviceId', '/device/name', '/device/ipAddress', '/device/userAgent', '/device/location'],
  ],
  ['SecurityPolicyEnforced', ['/affected/ipAddress', '/affected/userAgent']],
  ['UserActivityRecorded', ['/detail']],
  ['PermissionChecked', []],
  ['ReportGenerated', []],
])('%s has the personal fields %j', (type, pointers) => {
  const event = events.find(candidate => candidate.type === type)
  expect(event?.personal?.map(field => field.pointer)).toEqual(pointers)
})
