import type { EnvelopeInput, JsonObject, JsonValue } from 'keelson'
import { describe, expect, it } from 'vitest'
import { cloudtrail } from './cloudtrail.ts'
import { admit } from './record/admit.ts'
import { objectAt, valueAt } from './record/member.ts'

const record: JsonObject = {
  eventVersion: '1.08',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAJ45Q7YFFAREXAMPLE',
    arn: 'arn:aws:iam::123456789012:user/Alice',
    accountId: '123456789012',
    userName: 'Alice',
  },
  eventTime: '2026-03-01T21:07:01Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.64',
  userAgent: 'aws-cli/2.15.0',
  requestParameters: { userName: 'Bob' },
  responseElements: { user: { userName: 'Bob' } },
  eventID: 'ba0801a1-87ec-4d26-be87-9a0e5d1b0d5c',
  eventType: 'AwsApiCall',
  recipientAccountId: '123456789012',
}

function map(changes: JsonObject = {}): EnvelopeInput {
  const event = cloudtrail.map({ ...record, ...changes }, {})
  admit(event)
  return event
}
const actor = (userIdentity: JsonValue) => objectAt(map({ userIdentity }).payload, 'actor')
const resource = (changes: JsonObject) => objectAt(map(changes).payload, 'resource')
const issuer = { type: 'Role', arn: 'arn:aws:iam::123456789012:role/Deploy', userName: 'Deploy' }

describe('cloudtrail', () => {
  it('maps a call', () => {
    expect(map()).toEqual({
      eventId: 'aws-ba0801a1-87ec-4d26-be87-9a0e5d1b0d5c',
      eventType: 'AuditEventReceived',
      schemaVersion: '1.0',
      source: 'cloudtrail',
      occurredAt: '2026-03-01T21:07:01Z',
      payload: {
        eventId: 'ba0801a1-87ec-4d26-be87-9a0e5d1b0d5c',
        tenantId: '123456789012',
        actor: { type: 'user', id: 'arn:aws:iam::123456789012:user/Alice', name: 'Alice' },
        action: 'iam.CreateUser',
        resource: { type: 'user', id: '123456789012/Bob', name: 'Bob' },
        outcome: 'success',
        origin: { address: '203.0.113.64', userAgent: 'aws-cli/2.15.0', location: 'us-east-1' },
        summary: 'Alice called iam CreateUser on user Bob',
        payload: record,
      },
    })
  })

  it.each<[string, JsonValue, JsonObject]>([
    [
      'Root',
      { type: 'Root', arn: 'arn:aws:iam::123456789012:root', accountId: '123456789012' },
      { type: 'user', id: 'arn:aws:iam::123456789012:root', name: 'root' },
    ],
    [
      'AssumedRole, a machine',
      {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:i-0abc',
        arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/i-0abc',
        sessionContext: { sessionIssuer: issuer, attributes: { mfaAuthenticated: 'false' } },
      },
      {
        type: 'service',
        id: 'arn:aws:sts::123456789012:assumed-role/Deploy/i-0abc',
        name: 'i-0abc',
        onBehalfOf: 'arn:aws:iam::123456789012:role/Deploy',
      },
    ],
    [
      'AssumedRole, a person',
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/alice@example.com',
        sessionContext: { sessionIssuer: issuer },
      },
      {
        type: 'user',
        id: 'arn:aws:sts::123456789012:assumed-role/Deploy/alice@example.com',
        name: 'alice@example.com',
        onBehalfOf: 'arn:aws:iam::123456789012:role/Deploy',
      },
    ],
    [
      'FederatedUser',
      {
        type: 'FederatedUser',
        arn: 'arn:aws:sts::123456789012:federated-user/Ann',
        sessionContext: { sessionIssuer: { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/Alice' } },
      },
      {
        type: 'user',
        id: 'arn:aws:sts::123456789012:federated-user/Ann',
        onBehalfOf: 'arn:aws:iam::123456789012:user/Alice',
      },
    ],
    [
      'AWSAccount',
      { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '999999999999' },
      { type: 'user', id: 'AIDAEXAMPLE', name: '999999999999' },
    ],
    [
      'anonymous',
      { type: 'AWSAccount', principalId: '', accountId: 'anonymous' },
      { type: 'anonymous', id: 'anonymous' },
    ],
    [
      'AWSService',
      { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
      { type: 'service', id: 'autoscaling.amazonaws.com' },
    ],
    [
      'SAMLUser',
      { type: 'SAMLUser', principalId: 'nameq:alice', userName: 'alice@example.com' },
      { type: 'user', id: 'nameq:alice', name: 'alice@example.com' },
    ],
    [
      'WebIdentityUser',
      { type: 'WebIdentityUser', principalId: 'accounts.google.com:app:42', userName: '42' },
      { type: 'user', id: 'accounts.google.com:app:42', name: '42' },
    ],
    [
      'IdentityCenterUser',
      {
        type: 'IdentityCenterUser',
        accountId: '123456789012',
        onBehalfOf: { userId: 'u-1', identityStoreArn: 'arn:x' },
      },
      { type: 'user', id: 'u-1' },
    ],
    ['Unknown', { type: 'Unknown', principalId: 'AIDAX' }, { type: 'user', id: 'AIDAX' }],
    ['absent', null, { type: 'service', id: 'iam.amazonaws.com' }],
  ])('knows the identity %s', (_, identity, expected) => {
    expect(actor(identity)).toEqual(expected)
  })

  it.each<[string, JsonObject, JsonObject]>([
    [
      'resources',
      {
        resources: [{ accountId: '1' }, { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::reports/2026/q1.csv' }],
      },
      { type: 'object', id: 'arn:aws:s3:::reports/2026/q1.csv', name: 'reports/2026/q1.csv' },
    ],
    [
      'a bucket',
      { requestParameters: { bucketName: 'reports' } },
      { type: 'bucket', id: 'reports', name: 'reports' },
    ],
    [
      'an object',
      { requestParameters: { bucketName: 'reports', key: 'q1.csv' } },
      { type: 'object', id: 'reports/q1.csv', name: 'q1.csv' },
    ],
    [
      'instances',
      { requestParameters: { instancesSet: { items: [{ instanceId: 'i-0a' }] } } },
      { type: 'instance', id: '123456789012/i-0a', name: 'i-0a' },
    ],
    [
      'a key by ARN',
      { requestParameters: { keyId: 'arn:aws:kms:eu-west-1:1:key/abc' } },
      { type: 'key', id: 'arn:aws:kms:eu-west-1:1:key/abc', name: 'abc' },
    ],
    ['nothing', { requestParameters: null }, { type: 'service', id: 'iam.amazonaws.com', name: 'iam' }],
  ])('finds %s', (_, changes, expected) => {
    expect(resource(changes)).toEqual(expected)
  })

  it.each<[JsonObject, string, string?]>([
    [
      { errorCode: 'AccessDenied', errorMessage: 'User is not authorized' },
      'denied',
      'AccessDenied: User is not authorized',
    ],
    [{ errorCode: 'Client.UnauthorizedOperation' }, 'denied', 'Client.UnauthorizedOperation'],
    [{ errorCode: 'ThrottlingException' }, 'failure', 'ThrottlingException'],
    [
      { errorMessage: 'Failed authentication', responseElements: { ConsoleLogin: 'Failure' } },
      'failure',
      'Failed authentication',
    ],
    [{ responseElements: { ConsoleLogin: 'Success' } }, 'success'],
  ])('reads the outcome of %j', (changes, outcome, reason) => {
    const { payload } = map(changes)
    expect([valueAt(payload, 'outcome'), valueAt(payload, 'reason')]).toEqual([outcome, reason])
  })

  it('unwraps what other services wrap', () => {
    const bridged = { 'detail-type': 'AWS API Call via CloudTrail', detail: record }
    const looked = { EventId: 'x', CloudTrailEvent: JSON.stringify(record) }
    for (const wrapped of [bridged, looked]) expect(cloudtrail.map(wrapped, {})).toEqual(map())
    expect(cloudtrail.expand?.({ Events: [looked] })).toEqual([looked])
    expect(cloudtrail.expand?.({ Records: [record] })).toEqual([record])
    expect(cloudtrail.expand?.(record)).toBeUndefined()
  })

  it.each<[JsonValue, RegExp]>([
    [[], /JSON object/],
    [{}, /no eventName/],
    [{ eventName: 'x' }, /no eventSource/],
    [{ ...record, eventTime: '' }, /has no time/],
  ])('refuses %j', (input, message) => {
    expect(() => cloudtrail.map(input, {})).toThrow(message)
  })

  it('gives a record without an id one of its content', () => {
    const { eventID: _, ...bare } = record
    expect(cloudtrail.map(bare, {}).eventId).toMatch(/^aws-[0-9a-f]{40}$/)
  })
})
