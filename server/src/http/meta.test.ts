import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

describe('health', () => {
  it('is told without a key', async () => {
    expect((await test.call('/healthz')).body).toEqual({ status: 'ok' })
    const ready = await test.call('/readyz')
    expect([ready.status, ready.body]).toMatchObject([
      200,
      { status: 'ready', store: { name: 'sqlite' }, projections: [{ state: 'running' }] },
    ])
  })

  it('says that the server is stopping, while it still lives', async () => {
    const stopping = new AbortController()
    const { app } = await test.listen({ stopping: stopping.signal })
    expect((await app.inject('/readyz')).statusCode).toBe(200)
    stopping.abort()
    const ready = await app.inject('/readyz')
    expect([ready.statusCode, ready.json().status]).toEqual([503, 'not ready'])
    expect((await app.inject('/healthz')).statusCode).toBe(200)
  })
})

interface OpenApi {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security?: readonly Readonly<Record<string, unknown>>[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly requestBody?: object
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}

describe('openapi.json', () => {
  it('is an OpenAPI 3.1 document whose operations are whole', async () => {
    const { status, headers, body } = await test.call<OpenApi>('/openapi.json')
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(body.openapi).toMatch(/^3\.1\.\d+$/)
    expect(body.info).toMatchObject({ title: 'Keelson', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    expect(operations.length).toBeGreaterThan(15)
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
    for (const { path, operation } of operations) {
      expect(operation.summary).toMatch(/\S/)
      expect(operation.tags).toHaveLength(1)
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      const described = operation.parameters?.filter(one => one.in === 'path') ?? []
      expect(described.map(one => one.name)).toEqual(inPath)
      for (const parameter of described) expect(parameter.required).toBe(true)
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['4XX', '5XX']))
      for (const response of Object.values(operation.responses)) expect(response.description).toMatch(/\S/)
      const isOpen = /^\/(healthz|readyz|metrics)$/.test(path)
      expect([path, operation.security]).toEqual([path, isOpen ? undefined : [{ key: [] }]])
    }
    expect(Object.keys(body.components.securitySchemes)).toEqual(['key'])
  })

  it('has no reference that leads nowhere', async () => {
    const { body, text } = await test.call<OpenApi>('/openapi.json')
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1] as string)
    for (const reference of references) {
      let found: unknown = body
      for (const name of reference.replace(/^#\//, '').split('/'))
        found = (found as Record<string, unknown>)[name]
      expect([reference, typeof found]).toEqual([reference, 'object'])
    }
  })
})
