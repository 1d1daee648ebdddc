import type { JsonObject, JsonValue } from 'keelson'
import { listAt, objectAt, textAt } from '../record/member.ts'
import type { ResourceFacts } from '../record/to-audit-event.ts'

/** Parameters that name what a call acts on, the most telling first, and the kind of thing. */
const parameters: readonly (readonly [parameter: string, type: string])[] = [
  ['bucketName', 'bucket'],
  ['functionName', 'function'],
  ['instanceId', 'instance'],
  ['tableName', 'table'],
  ['secretId', 'secret'],
  ['keyId', 'key'],
  ['roleName', 'role'],
  ['roleArn', 'role'],
  ['userName', 'user'],
  ['groupName', 'group'],
  ['groupId', 'security-group'],
  ['policyArn', 'policy'],
  ['policyName', 'policy'],
  ['accessKeyId', 'access-key'],
  ['dBInstanceIdentifier', 'db-instance'],
  ['dBClusterIdentifier', 'db-cluster'],
  ['clusterName', 'cluster'],
  ['stackName', 'stack'],
  ['queueUrl', 'queue'],
  ['queueName', 'queue'],
  ['topicArn', 'topic'],
  ['streamName', 'stream'],
  ['logGroupName', 'log-group'],
  ['repositoryName', 'repository'],
  ['trailName', 'trail'],
  ['volumeId', 'volume'],
  ['snapshotId', 'snapshot'],
  ['imageId', 'image'],
  ['vpcId', 'vpc'],
  ['subnetId', 'subnet'],
  ['hostedZoneId', 'hosted-zone'],
  ['distributionId', 'distribution'],
  ['certificateArn', 'certificate'],
  ['restApiId', 'rest-api'],
  ['stateMachineArn', 'state-machine'],
  ['resourceArn', 'resource'],
  ['name', 'resource'],
]

/** What was acted on: the first resource with an ARN, else a parameter that names one, else the service itself. */
export function resourceOf(record: JsonValue): ResourceFacts {
  return fromResources(record) ?? fromParameters(record) ?? service(record)
}

function service(record: JsonValue): ResourceFacts {
  const id = textAt(record, 'eventSource') ?? 'aws'
  return { type: 'service', id, name: id.replace(/\.amazonaws\.com$/, '') }
}

function fromResources(record: JsonValue): ResourceFacts | undefined {
  for (const resource of listAt(record, 'resources')) {
    const arn = textAt(resource, 'ARN') ?? textAt(resource, 'arn')
    if (arn === undefined) continue
    return {
      type: typeOf(textAt(resource, 'type')) ?? arn.split(':')[2] ?? 'resource',
      id: arn,
      name: nameOf(arn),
    }
  }
  return undefined
}

/** `AWS::DynamoDB::Table` is a `table`. */
function typeOf(type: string | undefined): string | undefined {
  const last = type?.split('::').at(-1)
  return last?.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
}

function fromParameters(record: JsonValue): ResourceFacts | undefined {
  const request = objectAt(record, 'requestParameters')
  const response = objectAt(record, 'responseElements')
  for (const given of [request, instanceIn(request), instanceIn(response)]) {
    for (const [parameter, type] of parameters) {
      const value = textAt(given, parameter)
      if (value !== undefined) return named(type, value, record)
    }
  }
  return undefined
}

/** EC2 puts the instances of a call into a list. */
function instanceIn(elements: JsonObject | undefined): JsonObject | undefined {
  const id = textAt(listAt(elements, 'instancesSet', 'items')[0], 'instanceId')
  return id === undefined ? undefined : { instanceId: id }
}

function named(type: string, value: string, record: JsonValue): ResourceFacts {
  const object = type === 'bucket' ? textAt(record, 'requestParameters', 'key') : undefined
  if (object !== undefined) return { type: 'object', id: `${value}/${object}`, name: object }
  // Names of buckets are unique in all of AWS, and so are ARNs; others within the account.
  const account = textAt(record, 'recipientAccountId')
  const isUnique = type === 'bucket' || value.startsWith('arn:') || account === undefined
  return { type, id: isUnique ? value : `${account}/${value}`, name: nameOf(value) }
}

/** `arn:aws:s3:::reports/2026.csv` → `reports/2026.csv`, `arn:aws:iam::1234:role/Admin` → `Admin`. */
function nameOf(value: string): string {
  if (!value.startsWith('arn:')) return value
  const own = value.split(':').slice(5).join(':')
  return value.startsWith('arn:aws:s3') ? own : (own.split(/[/:]/).at(-1) ?? own)
}
