import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../start/fixtures/test-server.ts'
import type { Problem } from './problem.ts'

let test: TestServer
let routes: readonly string[]
/** Parameters with their routes, but for those that take several values. */
let single: readonly string[]
interface Described {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: object }[]
}
beforeAll(async () => {
  test = await startTestServer()
  routes = Object.entries(test.server.app.swagger().paths ?? {})
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.keys(methods as object).map(method => `${method.toUpperCase()} ${path}`),
    )
  single = Object.entries(test.server.app.swagger().paths ?? {})
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, Described>).flatMap(([method, { parameters = [] }]) =>
        parameters
          .filter(one => one.in === 'query' && !JSON.stringify(one.schema).includes('"array"'))
          .map(({ name }) => `${method.toUpperCase()} ${path} ${name}`),
      ),
    )
})
afterAll(() => test.stop())

describe('a parameter that a route does not know', () => {
  it('is refused by each of them, which names it and those that there are', async () => {
    const wrong: string[] = []
    for (const route of routes) {
      const [method = '', template = ''] = route.split(' ')
      const path = template.replaceAll(/\{\w+\}/g, 'x')
      const { status, body } = await test.call<Problem>(`${path}?colour=red`, {
        method,
        key: bootstrapKey,
        tenant: 'acme',
        ...(method === 'GET' ? {} : { body: {} }),
      })
      const fault = body?.errors?.find(({ pointer }) => pointer === '/colour')
      if (
        status !== 400 ||
        body.code !== 'query_invalid' ||
        !/known are|there is none/.test(fault?.message ?? '')
      )
        wrong.push(`${route}: ${status} ${body?.code}`)
    }
    expect(routes.length).toBeGreaterThan(73)
    expect(wrong).toEqual([])
  })

  it('is no news to who may not use the route', async () => {
    const answer = await test.call<Problem>('/v1/holds?colour=red', { key: test.keys.acme.reader })
    expect([answer.status, answer.body.code]).toEqual([403, 'permission_denied'])
  })
})

describe('a parameter that takes one value', () => {
  it('is refused where it is given twice', async () => {
    const taken: string[] = []
    for (const one of single) {
      const [method = '', template = '', name = ''] = one.split(' ')
      const path = template.replaceAll(/\{\w+\}/g, 'x')
      const { body } = await test.call<Problem>(`${path}?${name}=a&${name}=b`, {
        method,
        key: bootstrapKey,
        tenant: 'acme',
        ...(method === 'GET' ? {} : { body: {} }),
      })
      const fault = body?.errors?.find(({ pointer }) => pointer === `/${name}`)
      if (!fault?.message.includes('once')) taken.push(one)
    }
    expect(single.length).toBeGreaterThan(40)
    expect(taken).toEqual([])
  })
})
