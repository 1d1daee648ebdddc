import type { DescMessage } from '@bufbuild/protobuf'
import { create, createFileRegistry, fromBinary, toJson } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import confluent from '@confluentinc/schemaregistry/dist/schemaregistry-client.js'
import avro from '@confluentinc/schemaregistry/dist/serde/avro.js'
import json from '@confluentinc/schemaregistry/dist/serde/json.js'
import protobuf from '@confluentinc/schemaregistry/dist/serde/protobuf.js'
import serde from '@confluentinc/schemaregistry/dist/serde/serde.js'
import kafkajs from '@kafkajs/confluent-schema-registry'
import { UserInvited } from '@keelson/contexts/saas'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject } from 'keelson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { startTestServer } from '../../start/fixtures/test-server.ts'
import { encodeFile } from './confluent/proto/file-descriptor.ts'

/** Clients of Confluent's registry as they are published, against this one. */
let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

const { stringify } = JSON
const record = (...fields: object[]) =>
  stringify({
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  })
const object = (required: string[]) =>
  stringify({ type: 'object', properties: { id: { type: 'string' }, n: { type: 'number' } }, required })
const userInvited = UserInvited.examples[0] as JsonObject
const proto = 'syntax = "proto3";\npackage shop;\nmessage Order { string id = 1; }\n'

describe('@kafkajs/confluent-schema-registry', () => {
  const { SchemaRegistry, SchemaType } = kafkajs
  const client = (key: string) =>
    new SchemaRegistry({ host: test.url, auth: { username: 'any', password: key }, retry: { retries: 0 } })

  it.each([
    ['AVRO', SchemaType.AVRO, record()],
    ['JSON', SchemaType.JSON, object(['id'])],
    ['PROTOBUF', SchemaType.PROTOBUF, proto],
  ] as const)('registers, encodes and decodes %s', async (name, type, schema) => {
    const registry = client(test.keys.acme.writer)
    const subject = `kafkajs-${name}-value`
    const { id } = await registry.register({ type, schema } as never, { subject })
    expect(id).toBeGreaterThan(1_000_000)
    expect((await registry.register({ type, schema } as never, { subject })).id).toBe(id)
    const bytes = await registry.encode(id, { id: 'o-1' })
    expect(await client(test.keys.acme.reader).decode(bytes)).toMatchObject({ id: 'o-1' })
    expect(await registry.getLatestSchemaId(subject)).toBe(id)
    expect(await registry.getRegistryId(subject, 1)).toBe(id)
    expect(await registry.getRegistryIdBySchema(subject, { type, schema } as never)).toBe(id)
  })

  it('encodes and decodes an event of the platform by its own schema', async () => {
    // Its own validator knows draft 07 alone.
    const options = {
      [SchemaType.JSON]: { ajvInstance: new Ajv2020({ strict: false, validateFormats: false }) },
    }
    const knowing = (key: string) =>
      new SchemaRegistry({ host: test.url, auth: { username: 'any', password: key } }, options)
    const registry = knowing(test.keys.acme.reader)
    const id = await registry.getLatestSchemaId('UserInvited')
    expect(id).toBeGreaterThanOrEqual(2 ** 30)
    const bytes = await registry.encode(id as number, userInvited)
    options[SchemaType.JSON].ajvInstance.removeSchema()
    expect(await knowing(test.keys.globex.reader).decode(bytes)).toEqual(userInvited)
  })

  it('encodes and decodes by schemas that refer to others', async () => {
    const registry = client(test.keys.acme.writer)
    const money = stringify({
      type: 'record',
      name: 'Money',
      namespace: 'shop',
      fields: [{ name: 'amount', type: 'long' }],
    })
    await registry.register({ type: SchemaType.AVRO, schema: money }, { subject: 'money-value' })
    const priced = {
      type: SchemaType.AVRO,
      schema: record({ name: 'price', type: 'shop.Money' }, { name: 'tax', type: ['null', 'Money'] }),
      references: [{ name: 'shop.Money', subject: 'money-value', version: 1 }],
    }
    const { id } = await registry.register(priced as never, { subject: 'priced-value' })
    const order = { id: 'o-1', price: { amount: 7 }, tax: null }
    const read = await client(test.keys.acme.reader).decode(await registry.encode(id, order))
    expect(read).toEqual(order)
    const dangling = { ...priced, references: [] }
    await expect(registry.register(dangling as never, { subject: 'dangling-value' })).rejects.toThrow()
  })

  it('is told why a schema is refused', async () => {
    const registry = client(test.keys.acme.writer)
    const subject = 'kafkajs-refused-value'
    await registry.register({ type: SchemaType.AVRO, schema: record() }, { subject })
    const next = { type: SchemaType.AVRO, schema: record({ name: 'n', type: 'int' }) } as const
    await expect(registry.register(next, { subject })).rejects.toThrow(/does not fit/)
    await expect(client(test.keys.acme.reader).register(next, { subject: 'other' })).rejects.toThrow(
      /permission/,
    )
    await expect(client('wrong').getSchema(1_000_001)).rejects.toMatchObject({ status: 401 })
    await expect(registry.getLatestSchemaId('nothing')).rejects.toMatchObject({ status: 404 })
  })
})

describe('@confluentinc/schemaregistry', () => {
  const { SchemaRegistryClient } = confluent
  const { AvroSerializer, AvroDeserializer } = avro
  const { JsonSerializer, JsonDeserializer } = json
  const { SerdeType } = serde
  const client = (key: string) =>
    new SchemaRegistryClient({
      baseURLs: [test.url],
      maxRetries: 0,
      basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo: `any:${key}` },
    })

  it('serializes and deserializes AVRO', async () => {
    const registry = client(test.keys.acme.writer)
    await registry.register('conf-avro-value', { schemaType: 'AVRO', schema: record() })
    const serializer = new AvroSerializer(registry, SerdeType.VALUE, { useLatestVersion: true })
    const bytes = await serializer.serialize('conf-avro', { id: 'o-1' })
    const deserializer = new AvroDeserializer(client(test.keys.acme.reader), SerdeType.VALUE, {})
    expect(await deserializer.deserialize('conf-avro', bytes)).toMatchObject({ id: 'o-1' })
  })

  it('serializes and deserializes JSON, and validates by the schema', async () => {
    const registry = client(test.keys.acme.writer)
    await registry.register('conf-json-value', { schemaType: 'JSON', schema: object(['id']) })
    const serializer = new JsonSerializer(registry, SerdeType.VALUE, {
      useLatestVersion: true,
      validate: true,
    })
    const bytes = await serializer.serialize('conf-json', { id: 'o-1' })
    const deserializer = new JsonDeserializer(client(test.keys.acme.reader), SerdeType.VALUE, {})
    expect(await deserializer.deserialize('conf-json', bytes)).toEqual({ id: 'o-1' })
    await expect(serializer.serialize('conf-json', { n: 'x' })).rejects.toThrow()
  })

  it('serializes, validates and deserializes an event of the platform by its own schema', async () => {
    const registry = client(test.keys.acme.reader)
    // The schema says with a word of its own what is personal data.
    const validating = { validate: true, strict: false, validateFormats: false }
    const serializer = new JsonSerializer(registry, SerdeType.VALUE, {
      ...validating,
      useLatestVersion: true,
      subjectNameStrategy: () => 'UserInvited',
    })
    const bytes = await serializer.serialize('any', userInvited)
    for (const options of [{}, validating]) {
      const reader = client(test.keys.globex.reader)
      const deserializer = new JsonDeserializer(reader, SerdeType.VALUE, options)
      expect(await deserializer.deserialize('any', bytes)).toEqual(userInvited)
    }
    await expect(serializer.serialize('any', {})).rejects.toThrow()
  })

  it('serializes and deserializes PROTOBUF, whose schemas it sends as descriptors', async () => {
    const text = `syntax = "proto3";
package shop;
message Order { string id = 1; optional int32 count = 2; repeated Line lines = 3; map<string, Line> by_name = 4;
oneof paid { string card = 5; bytes cash = 6; } Kind kind = 7; enum Kind { KIND_UNSPECIFIED = 0; KIND_NEW = 1; } }
message Line { double price = 1; repeated int32 sizes = 2; }
`
    const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(encodeFile(text), 'base64'))
    const types = createFileRegistry(file, () => undefined)
    const schema = types.getMessage('shop.Order') as DescMessage
    const given = {
      id: 'o-1',
      lines: [{ price: 1.5, sizes: [1, 2] }],
      byName: { a: { price: 2, sizes: [] } },
      paid: { case: 'card', value: 'visa' },
      kind: 1,
    }
    const message = create(schema, given as never)
    const serializer = new protobuf.ProtobufSerializer(client(test.keys.acme.writer), SerdeType.VALUE, {
      registry: types,
      autoRegisterSchemas: true,
    } as never)
    const bytes = await serializer.serialize('conf-proto', message)
    const deserializer = new protobuf.ProtobufDeserializer(client(test.keys.acme.reader), SerdeType.VALUE, {})
    const read = await deserializer.deserialize('conf-proto', bytes)
    expect(toJson(schema, read)).toEqual(toJson(schema, message))
    const stored = await client(test.keys.acme.reader).getLatestSchemaMetadata('conf-proto-value')
    expect(stored.schema).toContain('message Order {')
    expect(stored.schema).toContain('map<string, .shop.Line> by_name = 4;')
  })

  it('registers, looks up, checks, sets and deletes', async () => {
    const registry = client(test.keys.globex.admin)
    const info = { schemaType: 'JSON', schema: object([]) }
    const id = await registry.register('s-1', info)
    expect(await registry.getId('s-1', info)).toBe(id)
    expect(await registry.getVersion('s-1', info)).toBe(1)
    expect(await registry.getAllVersions('s-1')).toEqual([1])
    const shared = (await registry.getAllSubjects()).filter(name => name !== 's-1')
    expect(shared).toContain('UserInvited')
    expect(await registry.getBySubjectAndId('s-1', id)).toMatchObject(info)
    expect(await registry.getLatestSchemaMetadata('s-1')).toMatchObject({ subject: 's-1', version: 1, id })
    const narrow = { schemaType: 'JSON', schema: object(['n']) }
    expect(await registry.testSubjectCompatibility('s-1', narrow)).toBe(false)
    await expect(registry.register('s-1', narrow)).rejects.toMatchObject({ status: 409, errorCode: 409 })
    await expect(registry.getCompatibility('s-1')).rejects.toMatchObject({ status: 404, errorCode: 40408 })
    expect(await registry.updateCompatibility('s-1', confluent.Compatibility.NONE)).toBe('NONE')
    expect(await registry.getCompatibility('s-1')).toBe('NONE')
    await registry.register('s-1', narrow)
    expect(await registry.getDefaultCompatibility()).toBe('BACKWARD')
    expect(await registry.updateDefaultCompatibility(confluent.Compatibility.FULL)).toBe('FULL')
    expect(await registry.deleteSubjectVersion('s-1', 1)).toBe(1)
    expect(await registry.deleteSubject('s-1')).toEqual([2])
    expect(await registry.deleteSubject('s-1', true)).toEqual([1, 2])
    await expect(registry.getAllVersions('s-1')).rejects.toMatchObject({ status: 404, errorCode: 40401 })
    expect(await registry.getAllSubjects()).toEqual(shared)
  })
})
