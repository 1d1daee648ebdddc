import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../../start/fixtures/test-server.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

interface Found {
  readonly id: number
  readonly hash: string
  readonly schema: string
  readonly [member: string]: unknown
}
const get = <Body = Found>(path: string, key = test.keys.acme.reader) => test.call<Body>(path, { key })

describe('the event types of the platform', () => {
  it('are listed with the schemas of the platform', async () => {
    const { body } = await get<{ data: { subject: string; scope: string; versions: number[] }[] }>(
      '/v1/schemas?scope=platform&limit=500',
    )
    expect(body.data.find(({ subject }) => subject === 'ReportGenerated')).toMatchObject({
      scope: 'platform',
      versions: [1, 2],
      compatibility: 'full_transitive',
      event: { topic: expect.any(String) },
    })
    expect((await get<{ data: unknown[] }>('/v1/schemas?scope=tenant')).body.data).toEqual([])
    expect((await get<string[]>('/subjects?subjectPrefix=UserInv')).body).toEqual(['UserInvited'])
    expect((await get('/subjects/ReportGenerated/versions')).body).toEqual([1, 2])
  })

  it('are found by version, id and the hash of the catalogue, alike for everybody', async () => {
    const { body: shown } = await get<{ versions: { version: string; hash: string }[] }>(
      '/v1/catalog/events/ReportGenerated',
    )
    for (const [at, { version, hash }] of shown.versions.entries()) {
      const { body } = await get(`/v1/schemas/by-hash/${hash}`)
      expect(body).toMatchObject({
        subject: 'ReportGenerated',
        version: at + 1,
        schemaVersion: version,
        hash,
      })
      const { id, schema } = body
      expect((await get(`/v1/schemas/by-id/${id}`)).body).toEqual(body)
      expect((await get(`/v1/schemas/ReportGenerated/versions/${at + 1}`)).body).toEqual(body)
      for (const key of [test.keys.globex.reader, bootstrapKey]) {
        expect((await get(`/schemas/ids/${id}`, key)).body).toEqual({ schemaType: 'JSON', schema })
        expect((await get(`/subjects/ReportGenerated/versions/${at + 1}`, key)).body).toMatchObject({
          id,
          schema,
        })
      }
    }
  })

  it('cannot be changed by anybody', async () => {
    const taken = { status: 409, body: { code: 'schema_subject_taken' } }
    const path = '/v1/schemas/UserInvited'
    for (const key of [test.keys.acme.admin, bootstrapKey]) {
      expect(await test.call(path, { key, body: { schema: true } })).toMatchObject(taken)
      expect(await test.call(path, { key, method: 'DELETE' })).toMatchObject(taken)
      expect(
        await test.call(`${path}/deprecation`, { key, method: 'PUT', body: { reason: 'Old.' } }),
      ).toMatchObject(taken)
    }
    expect(await test.head()).toBe(0)
  })
})
