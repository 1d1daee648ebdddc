import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { startTestServer } from '../../start/fixtures/test-server.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

const type = 'application/vnd.schemaregistry.v1+json'
const { stringify } = JSON
const avro = (...names: string[]) => ({
  schema: stringify({ type: 'record', name: 'R', fields: names.map(name => ({ name, type: 'string' })) }),
})
const json = (more: object = {}) => ({ schemaType: 'JSON', schema: stringify({ type: 'object', ...more }) })

type Tenant = 'acme' | 'globex'
interface Failure {
  readonly error_code?: number
  readonly message?: string
}

async function call<Body = Failure>(method: string, path: string, body?: unknown, tenant: Tenant = 'acme') {
  const answer = await test.call<Body>(path, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`user:${test.keys[tenant].admin}`).toString('base64')}`,
      'content-type': type,
    },
    ...(body === undefined ? {} : { body }),
  })
  return answer
}

describe("the paths of Confluent's registry", () => {
  it('answer as its clients expect', async () => {
    const made = await call<{ id: number }>('POST', '/subjects/a%2Fb/versions', avro('x'))
    expect(made.status).toBe(200)
    expect(made.headers.get('content-type')).toBe(type)
    expect(made.headers.get('x-content-type-options')).toBe('nosniff')
    const { id } = made.body
    const { schema } = avro('x')
    expect((await call<string[]>('GET', '/subjects')).body).toEqual(
      expect.arrayContaining(['UserInvited', 'a/b']),
    )
    expect((await call('GET', '/subjects?subjectPrefix=b')).body).toEqual([])
    // What a client of another registry sends besides is passed over.
    for (const path of ['/subjects', '/config', '/mode', '/schemas', '/schemas/types'])
      expect([path, (await call('GET', `${path}?colour=red`)).status]).toEqual([path, 200])
    expect((await call('GET', '/subjects?subjectPrefix=a&offset=1&limit=1')).body).toEqual([])
    expect((await call('GET', '/subjects/a%2Fb/versions')).body).toEqual([1])
    expect((await call('GET', '/subjects/a%2Fb/versions/-1')).body).toEqual({
      subject: 'a/b',
      version: 1,
      id,
      schema,
    })
    expect((await call('GET', '/subjects/a%2Fb/versions/latest/schema')).text).toBe(schema)
    expect((await call('GET', '/subjects/a%2Fb/versions/1/referencedby')).body).toEqual([])
    expect((await call('POST', '/subjects/a%2Fb', avro('x'))).body).toMatchObject({ version: 1, id })
    expect((await call('GET', `/schemas/ids/${id}`)).body).toEqual({ schema })
    expect((await call('GET', `/schemas/ids/${id}/schema`)).text).toBe(schema)
    expect((await call('GET', `/schemas/ids/${id}/subjects`)).body).toEqual(['a/b'])
    expect((await call('GET', `/schemas/ids/${id}/versions`)).body).toEqual([{ subject: 'a/b', version: 1 }])
    expect((await call('GET', '/schemas?latestOnly=true&subjectPrefix=a')).body).toMatchObject([
      { subject: 'a/b', id },
    ])
    expect((await call<string[]>('GET', '/schemas/types')).body.toSorted()).toEqual([
      'AVRO',
      'JSON',
      'PROTOBUF',
    ])
    expect((await call('GET', '/associations/resources/-/topic')).body).toEqual([])
  })

  it('tell what is missing, deleted or malformed by the numbers that are documented', async () => {
    await call('POST', '/subjects/s/versions', json())
    await call('POST', '/subjects/gone/versions', json())
    await call('DELETE', '/subjects/gone')
    const numberOf = async (method: string, path: string, body?: unknown) => {
      const answer = await call(method, path, body)
      expect(answer.body.message).toBeTruthy()
      return [answer.status, answer.body.error_code]
    }
    expect(await numberOf('GET', '/subjects/none/versions')).toEqual([404, 40401])
    expect(await numberOf('GET', '/subjects/s/versions/9')).toEqual([404, 40402])
    expect(await numberOf('GET', '/subjects/s/versions/x')).toEqual([422, 42202])
    expect(await numberOf('GET', '/schemas/ids/999')).toEqual([404, 40403])
    expect(await numberOf('GET', '/schemas/ids/x')).toEqual([404, 40403])
    expect(await numberOf('POST', '/subjects/s', json({ title: 'other' }))).toEqual([404, 40403])
    expect(await numberOf('DELETE', '/subjects/gone')).toEqual([404, 40404])
    expect(await numberOf('DELETE', '/subjects/s?permanent=true')).toEqual([404, 40405])
    expect(await numberOf('DELETE', '/subjects/gone/versions/1')).toEqual([404, 40406])
    expect(await numberOf('DELETE', '/subjects/s/versions/1?permanent=true')).toEqual([404, 40407])
    expect(await numberOf('POST', '/subjects/s/versions', { schema: '{"type":"recrd"}' })).toEqual([
      422, 42201,
    ])
    expect(await numberOf('POST', '/subjects/s/versions', { schema: 7 })).toEqual([422, 42201])
    expect(await numberOf('POST', '/subjects/s/versions', json({ required: ['n'] }))).toEqual([409, 409])
    expect(await numberOf('PUT', '/config', { compatibility: 'BEST' })).toEqual([422, 42203])
    expect(await numberOf('PUT', '/mode', { mode: 'OPEN' })).toEqual([422, 42204])
    expect(await numberOf('GET', '/config/s')).toEqual([404, 40408])
    expect(await numberOf('GET', '/mode/s')).toEqual([404, 40409])
    expect(await numberOf('POST', '/subjects/SubscriptionActivated/versions', json())).toEqual([422, 42205])
    expect(await numberOf('GET', '/subjects/s/nothing')).toEqual([404, 404])
    expect((await call('POST', '/subjects/s/versions', '{')).status).toBe(400)
    expect((await call('POST', '/subjects/s/versions', 'x'.repeat(600_000))).status).toBe(413)
  })

  it('keep what was deleted until it is deleted for good', async () => {
    await call('POST', '/subjects/d/versions', json())
    expect((await call('DELETE', '/subjects/d/versions/1')).body).toBe(1)
    expect((await call<string[]>('GET', '/subjects')).body).not.toContain('d')
    expect((await call<string[]>('GET', '/subjects?deleted=true')).body).toContain('d')
    expect((await call<string[]>('GET', '/subjects?deletedOnly=true')).body).toContain('d')
    expect((await call('GET', '/subjects/d/versions/1?deleted=true')).status).toBe(200)
    expect((await call('DELETE', '/subjects/d?permanent=true')).body).toEqual([1])
    expect((await call<string[]>('GET', '/subjects?deleted=true')).body).not.toContain('d')
  })

  it('judge compatibility', async () => {
    await call('POST', '/subjects/c/versions', avro('x'), 'globex')
    const check = async (path: string, body: unknown) =>
      (await call('POST', `/compatibility/subjects/${path}`, body, 'globex')).body
    expect(await check('c/versions/latest', avro())).toEqual({ is_compatible: true })
    const refused = await check('c/versions/1?verbose=true', avro('x', 'y'))
    expect(refused).toMatchObject({ is_compatible: false, messages: [expect.stringContaining('y')] })
    expect(await check('c/versions', avro('x', 'y'))).toEqual({ is_compatible: false })
    for (const path of ['new/versions/latest', 'new/versions/-1', 'new/versions'])
      expect(await check(path, avro('x'))).toEqual({ is_compatible: true })
    expect(await check('new/versions/1', avro('x'))).toMatchObject({ error_code: 40401 })
  })

  it('set compatibility and mode for all, or for one subject', async () => {
    const g = (method: string, path: string, body?: unknown) =>
      call(method, path, body, 'globex').then(answer => answer.body)
    expect(await g('GET', '/config')).toEqual({ compatibilityLevel: 'BACKWARD' })
    expect(await g('PUT', '/config', { compatibility: 'FULL_TRANSITIVE' })).toEqual({
      compatibility: 'FULL_TRANSITIVE',
    })
    expect(await g('GET', '/config/m?defaultToGlobal=true')).toEqual({
      compatibilityLevel: 'FULL_TRANSITIVE',
    })
    expect(await g('PUT', '/config/m', { compatibility: 'best' })).toMatchObject({
      error_code: 42203,
      message: expect.stringContaining('one of NONE, BACKWARD, BACKWARD_TRANSITIVE'),
    })
    const event = { topic: 'm', summary: 'It was moved.', producer: 'Depot' }
    const body = { schema: { type: 'object' }, event }
    await test.call('/v1/schemas/ParcelMoved', { key: test.keys.globex.admin, body })
    expect(await g('GET', '/config/ParcelMoved')).toEqual({ compatibilityLevel: 'FULL' })
    expect(await g('PUT', '/config/m', { compatibility: 'NONE' })).toEqual({ compatibility: 'NONE' })
    expect(await g('DELETE', '/config/m')).toEqual({ compatibilityLevel: 'NONE' })
    expect(await g('DELETE', '/config')).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
    expect(await g('GET', '/mode')).toEqual({ mode: 'READWRITE' })
    expect(await g('PUT', '/mode/m', { mode: 'READONLY' })).toEqual({ mode: 'READONLY' })
    expect(await g('POST', '/subjects/m/versions', json())).toMatchObject({ error_code: 42205 })
    expect(await g('DELETE', '/mode/m')).toEqual({ mode: 'READONLY' })
    expect(await g('POST', '/subjects/m/versions', json())).toMatchObject({ version: 1 })
    expect((await call('GET', '/config')).body).toEqual({ compatibilityLevel: 'BACKWARD' })
  })

  it('refuse other keys, and tell nothing of other tenants', async () => {
    const { body } = await call<{ id: number }>(
      'POST',
      '/subjects/private/versions',
      json({ title: 'private' }),
    )
    expect((await call<string[]>('GET', '/subjects', undefined, 'globex')).body).not.toContain('private')
    expect((await call('GET', '/subjects/private/versions', undefined, 'globex')).body).toMatchObject({
      error_code: 40401,
    })
    expect((await call('GET', `/schemas/ids/${body.id}`, undefined, 'globex')).text).not.toContain('private')
    const wrong = await test.call<Failure>('/subjects', {
      headers: { authorization: 'Basic dXNlcjp3cm9uZw==' },
    })
    expect([wrong.status, wrong.body.error_code]).toEqual([401, 40101])
    const bearer = await test.call('/subjects', { key: test.keys.acme.reader })
    expect(bearer.status).toBe(200)
    const denied = await test.call<Failure>('/subjects/x/versions', {
      key: test.keys.acme.reader,
      body: json(),
    })
    expect([denied.status, denied.body.error_code]).toEqual([403, 40301])
  })
})
