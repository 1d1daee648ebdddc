import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../start/fixtures/test-server.ts'
import type { Problem } from './problem.ts'

let test: TestServer
let routes: readonly string[]
beforeAll(async () => {
  test = await startTestServer()
  routes = Object.entries(test.server.app.swagger().paths ?? {})
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.keys(methods as object).map(method => `${method.toUpperCase()} ${path}`),
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
