import type { JsonObject, JsonValue } from 'keelson'
import { describe, expect, it } from 'vitest'
import { kubernetes } from './kubernetes.ts'
import { admit } from './record/admit.ts'
import { objectAt, valueAt } from './record/member.ts'

const event: JsonObject = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: '8b1d0b0c-2f3c-4a52-9c55-2b6c9f0a3f1e',
  stage: 'ResponseComplete',
  requestURI: '/apis/apps/v1/namespaces/shop/deployments/web/scale?timeout=10s',
  verb: 'patch',
  user: { username: 'alice', groups: ['developers', 'system:authenticated'] },
  sourceIPs: ['203.0.113.7', '10.0.0.1'],
  userAgent: 'kubectl/v1.30.0',
  objectRef: {
    resource: 'deployments',
    namespace: 'shop',
    name: 'web',
    apiGroup: 'apps',
    apiVersion: 'v1',
    subresource: 'scale',
  },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2026-03-01T10:00:00.123456Z',
  stageTimestamp: '2026-03-01T10:00:00.129981Z',
  annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
}

function map(changes: JsonObject = {}): JsonObject {
  const mapped = kubernetes.map({ ...event, ...changes }, {})
  admit(mapped)
  return mapped.payload as JsonObject
}

describe('kubernetes', () => {
  it('maps a request, to the microsecond', () => {
    expect(kubernetes.map(event, { source: 'cluster-a' })).toEqual({
      eventId: 'k8s-8b1d0b0c-2f3c-4a52-9c55-2b6c9f0a3f1e-ResponseComplete',
      eventType: 'AuditEventReceived',
      schemaVersion: '1.0',
      source: 'cluster-a',
      occurredAt: '2026-03-01T10:00:00.129981Z',
      payload: {
        eventId: '8b1d0b0c-2f3c-4a52-9c55-2b6c9f0a3f1e',
        actor: { type: 'user', id: 'alice' },
        action: 'deployments/scale.patch',
        resource: { type: 'deployments.apps', id: 'shop/web', name: 'web' },
        outcome: 'success',
        origin: { address: '203.0.113.7', userAgent: 'kubectl/v1.30.0' },
        summary: 'alice: patch deployments/scale shop/web',
        payload: event,
      },
    })
  })

  it.each<[string, JsonObject, JsonObject]>([
    [
      'service accounts',
      { user: { username: 'system:serviceaccount:shop:deployer' } },
      { type: 'service', id: 'system:serviceaccount:shop:deployer', name: 'shop/deployer' },
    ],
    ['nodes', { user: { username: 'system:node:worker-1' } }, { type: 'system', id: 'system:node:worker-1' }],
    ['no one', { user: { username: 'system:anonymous' } }, { type: 'anonymous', id: 'system:anonymous' }],
    ['the unauthenticated', { user: null }, { type: 'anonymous', id: 'anonymous' }],
    [
      'those who act for others',
      { impersonatedUser: { username: 'bob' } },
      { type: 'user', id: 'alice', onBehalfOf: 'bob' },
    ],
  ])('knows %s', (_, changes, actor) => {
    expect(objectAt(map(changes), 'actor')).toEqual(actor)
  })

  it.each<[JsonObject, string, string?]>([
    [{ responseStatus: { code: 403, message: 'forbidden: no' } }, 'denied', 'forbidden: no'],
    [{ responseStatus: { code: 401, reason: 'Unauthorized' } }, 'denied', 'Unauthorized'],
    [
      { annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': 'RBAC' } },
      'denied',
      'RBAC',
    ],
    [{ responseStatus: { code: 404, reason: 'NotFound' } }, 'failure', 'NotFound'],
    [{ stage: 'Panic', responseStatus: null }, 'failure', 'The server failed'],
    [{ stage: 'RequestReceived', responseStatus: null }, 'unknown'],
  ])('reads the outcome of %j', (changes, outcome, reason) => {
    const payload = map(changes)
    expect([payload['outcome'], payload['reason']]).toEqual([outcome, reason])
  })

  it('names what has no name of its own', () => {
    const generated = {
      objectRef: { resource: 'pods', namespace: 'shop' },
      responseObject: { metadata: { name: 'web-x7' } },
    }
    expect(map(generated)['resource']).toEqual({ type: 'pods', id: 'shop/web-x7', name: 'web-x7' })
    expect(map({ objectRef: { resource: 'nodes' }, verb: 'list' })['resource']).toEqual({
      type: 'nodes',
      id: '*',
    })
    const path = map({ objectRef: null, requestURI: '/healthz?verbose', verb: 'get' })
    expect(path).toMatchObject({ action: 'http.get', resource: { type: 'path', id: '/healthz' } })
  })

  it('keeps the stages of a request apart, and falls back to when it was received', () => {
    const stages = ['RequestReceived', 'ResponseComplete'].map(
      stage => kubernetes.map({ ...event, stage }, {}).eventId,
    )
    expect(new Set(stages).size).toBe(2)
    expect(kubernetes.map({ ...event, stageTimestamp: null }, {}).occurredAt).toBe(
      '2026-03-01T10:00:00.123456Z',
    )
  })

  it('unfolds lists, and refuses what is no audit event', () => {
    expect(kubernetes.expand?.({ kind: 'EventList', items: [event] })).toEqual([event])
    expect(kubernetes.expand?.(event)).toBeUndefined()
    const refused: [JsonValue, RegExp][] = [
      [7, /JSON object/],
      [{ kind: 'Event', metadata: { name: 'x' } }, /no auditID/],
      [{ ...event, stageTimestamp: 'now', requestReceivedTimestamp: null }, /not RFC 3339/],
    ]
    for (const [input, message] of refused) expect(() => kubernetes.map(input, {})).toThrow(message)
    expect(valueAt(map(), 'payload')).toEqual(event)
  })
})
