import type { JsonObject, RecordedEvent } from 'keelson'
import { createPlatform, runInContext } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { describe, expect, it } from 'vitest'
import { governance } from '../governance/index.ts'
import { toAuditView } from './audit-view.ts'
import { auditEvent } from './fixtures/audit-platform.ts'
import { audit } from './index.ts'

/** The event as it stands in a log. */
async function recorded(event: JsonObject): Promise<RecordedEvent> {
  const platform = await createPlatform({
    store: createMemoryStore(),
    // The memory store has no tables to project into.
    contexts: [{ ...audit, projections: [] }, governance],
    clock: { now: () => Date.parse('2026-06-12T00:00:00Z') },
    keepsUnknownTypes: () => true,
  })
  try {
    const { eventId } = await platform.publish('acme', event)
    return (await platform.store.readEvent('acme', eventId)) as RecordedEvent
  } finally {
    await platform.close()
  }
}

const other = (members: JsonObject): JsonObject => ({
  eventType: 'SubscriptionRenewed2Times',
  occurredAt: '2026-06-11T09:00:01Z',
  source: 'Billing',
  payload: {},
  ...members,
})

describe('the audit view', () => {
  it('says what an audit event says', async () => {
    const event = await recorded(
      auditEvent(
        { outcome: 'denied', origin: { address: '203.0.113.7' }, summary: 'Ada tried' },
        { metadata: { user: 'else', ip: '::1' } },
      ),
    )
    expect(toAuditView(event)).toEqual({
      actor: { type: 'user', id: 'u-1', name: 'Ada' },
      action: 'repository.created',
      resource: { type: 'repository', id: 'octo/hello', name: 'Hello' },
      outcome: 'denied',
      address: '203.0.113.7',
      summary: 'Ada tried',
    })
  })

  it('takes the address from the envelope where the event names none', async () => {
    const event = await recorded(auditEvent({}, { metadata: { user: 'else', ip: '198.51.100.4' } }))
    expect(toAuditView(event).address).toBe('198.51.100.4')
  })

  it('says of a redacted event what is left of it', async () => {
    const { eventType, envelope } = await recorded(auditEvent())
    const { actor: _, action, ...rest } = envelope.payload as JsonObject
    const bare = { ...rest, resource: { type: 'repository' } }
    const view = toAuditView({
      eventType,
      envelope: { ...envelope, payload: bare },
    } as unknown as RecordedEvent)
    expect(view).toMatchObject({
      actor: { type: 'redacted', id: 'redacted' },
      action: 'redacted',
      resource: { type: 'repository', id: 'redacted' },
      summary: 'redacted · redacted · redacted',
    })
    expect(action).toBe('repository.created')
  })

  it('makes a summary of names, or of ids where there are none', async () => {
    expect(toAuditView(await recorded(auditEvent())).summary).toBe('Ada · repository.created · Hello')
    const bare = auditEvent({
      actor: { type: 'service', id: 'bot' },
      resource: { type: 'bucket', id: 'b-1' },
    })
    const view = toAuditView(await recorded(bare))
    expect(view).toEqual({
      actor: { type: 'service', id: 'bot' },
      action: 'repository.created',
      resource: { type: 'bucket', id: 'b-1' },
      outcome: 'success',
      address: null,
      summary: 'bot · repository.created · b-1',
    })
  })

  it('takes of another event what its envelope says', async () => {
    const event = await recorded(
      other({ aggregateType: 'Subscription', aggregateId: 'sub-1', metadata: { user: 'u-7', ip: '::1' } }),
    )
    expect(toAuditView(event)).toEqual({
      actor: { type: 'user', id: 'u-7' },
      action: 'SubscriptionRenewed2Times',
      resource: { type: 'Subscription', id: 'sub-1' },
      outcome: 'success',
      address: '::1',
      summary: 'Subscription renewed2 times: sub-1',
    })
  })

  it('takes the source for the actor, and no resource, where nothing else is named', async () => {
    expect(toAuditView(await recorded(other({})))).toEqual({
      actor: { type: 'service', id: 'Billing' },
      action: 'SubscriptionRenewed2Times',
      resource: null,
      outcome: 'success',
      address: null,
      summary: 'Subscription renewed2 times',
    })
  })

  it('says of an event of the schema registry which subject and version, and which key asked for it', async () => {
    const store = createMemoryStore()
    const platform = await createPlatform({ store, contexts: [] })
    const { registry } = platform
    await runInContext({ actor: 'key-7', source: 'deploy' }, async () => {
      await registry.register('acme', 's', { schema: 'true', compatibility: 'full' })
      await registry.deprecate('acme', 's', { reason: 'Old.' })
      await registry.deprecate('acme', 's', undefined)
      await registry.deleteVersion('acme', 's', 1)
      await registry.deleteVersion('acme', 's', 1, true)
      await registry.setCompatibility('acme', 's', undefined)
    })
    await runInContext({ actor: 'u-7' }, () => registry.setMode('acme', undefined, 'READONLY'))
    const events = await Array.fromAsync(store.readStream('acme', 'SchemaRegistry-schemas'))
    const views = events.map(toAuditView)
    expect(views.map(({ action, summary }) => [action, summary])).toEqual([
      ['schema.compatibility_changed', 'Compatibility set to full: s'],
      ['schema.registered', 'Schema registered: s, version 1'],
      ['schema.deprecated', 'Schema deprecated: s'],
      ['schema.undeprecated', 'Schema no longer deprecated: s'],
      ['schema.deleted', 'Schema deleted: s, version 1'],
      ['schema.erased', 'Schema deleted for good: s, version 1'],
      ['schema.compatibility_changed', 'Compatibility taken back: s'],
      ['schema.mode_changed', 'Mode set to READONLY: all subjects'],
    ])
    expect(views[1]).toEqual({
      actor: { type: 'service', id: 'deploy' },
      action: 'schema.registered',
      resource: { type: 'schema', id: 's', name: 's, version 1' },
      outcome: 'success',
      address: null,
      summary: 'Schema registered: s, version 1',
    })
    expect(views.at(-1)).toMatchObject({
      actor: { type: 'user', id: 'u-7' },
      resource: { type: 'SchemaRegistry', id: 'schemas' },
    })
    await platform.close()
  })

  it('says of another event about a registry what its envelope says', async () => {
    const about = { aggregateType: 'SchemaRegistry', aggregateId: 'others' }
    expect(toAuditView(await recorded(other({ eventType: 'constructor', ...about })))).toMatchObject({
      action: 'constructor',
      resource: { type: 'SchemaRegistry', id: 'others' },
    })
  })

  it.each<[string, JsonObject, string, string]>([
    [
      'LogErasureRecorded',
      { basis: 'gdpr-17', request: 'T-1', targets: { count: 2 } },
      'erasure T-1',
      'Subject erased by gdpr-17, T-1: fields of 2 entries',
    ],
    [
      'LogRedactionRecorded',
      { n: 41, paths: ['/payload/note', '/payload/to'], reason: 'a secret' },
      'entry 41',
      'Taken out of entry 41: /payload/note, /payload/to (a secret)',
    ],
    [
      'LogRetentionRecorded',
      { policy: 'logins@2', range: [3, 5] },
      'retention logins@2',
      'Content removed by retention logins@2, entries 3 to 4',
    ],
    [
      'LogHoldSet',
      { hold: 'h1', scope: { stream: 'Case-7' }, reason: 'case 7' },
      'hold h1',
      'Hold set on the stream Case-7: case 7',
    ],
    [
      'LogHoldSet',
      { hold: 'h2', scope: { subjectKeys: ['k-1'] }, reason: 'case 8' },
      'hold h2',
      'Hold set on a subject: case 8',
    ],
    ['LogHoldReleased', { hold: 'h1', reason: 'closed' }, 'hold h1', 'Hold released: closed'],
    [
      'LogPolicyRecorded',
      { policy: 'trade', version: 1, minimumDays: 3650, locked: true },
      'retention trade',
      'Retention trade@1: 3650 days, locked',
    ],
    [
      'LogKeyRecorded',
      { action: 'revoke', role: 'approver', name: 'ann' },
      'key ann',
      'Key of the approver revoked: ann',
    ],
    ['LogCheckpointsRecorded', { tenants: 2 }, 'log platform', 'Heads of 2 logs recorded'],
  ])('says what the record %s of a log is about', async (eventType, payload, resource, summary) => {
    const event = await recorded(other({}))
    const view = toAuditView({ ...event, eventType, envelope: { ...event.envelope, eventType, payload } })
    expect([`${view.resource?.type} ${view.resource?.id}`, view.summary]).toEqual([resource, summary])
    expect(view).toMatchObject({ action: eventType, outcome: 'success' })
  })

  it('says of a refused record where it stood and what was wrong', async () => {
    const payload = {
      source: 'github',
      line: 9,
      validationErrors: [{ code: 'x', message: 'The record names no event' }],
    }
    expect(toAuditView(await recorded(other({ payload }))).summary).toBe(
      'Refused line 9 of github: The record names no event',
    )
  })

  it('says of a fault in a member which one it is', async () => {
    const validationErrors = [{ code: 'x', pointer: '/eventType', message: 'is not in the catalogue' }]
    const payload = { source: 'keelson', line: 2, validationErrors }
    expect(toAuditView(await recorded(other({ payload }))).summary).toBe(
      'Refused line 2 of keelson: /eventType is not in the catalogue',
    )
  })

  it.each<[JsonObject[string], string]>([
    [{ decision: 'Deny' }, 'denied'],
    [{ decision: 'RequiresApproval' }, 'unknown'],
    [{ decision: 'Allow' }, 'success'],
    [{ validationErrors: [] }, 'failure'],
    [{ validationErrors: 'none' }, 'success'],
    [null, 'success'],
    [[{ decision: 'Deny' }], 'success'],
    ['Deny', 'success'],
  ])('reads the outcome of the payload %j as %s', async (payload, outcome) => {
    expect(toAuditView(await recorded(other({ payload }))).outcome).toBe(outcome)
  })
})
