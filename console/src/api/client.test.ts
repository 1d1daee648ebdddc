import { describe, expect, it } from 'vitest'
import { createApi, queryString } from './client.ts'
import { ApiProblem } from './problem.ts'

function answering(response: () => Response) {
  const calls: { readonly url: string; readonly init: RequestInit }[] = []
  const refused: ApiProblem[] = []
  const api = createApi({
    fetch: (url, init = {}) => {
      calls.push({ url: String(url), init })
      return Promise.resolve(response())
    },
    credentials: () => ({ key: 'kl_x', tenant: 'acme' }),
    onUnauthorized: problem => refused.push(problem),
  })
  return { api, calls, refused }
}

describe('a change', () => {
  it('goes as JSON, with the key, the tenant and the tag of what is changed', async () => {
    const { api, calls } = answering(() => Response.json({ id: 1 }))
    const headers = { 'if-match': '"1"' }
    const answer = await api.send('/v1/a', { method: 'PATCH', body: { x: null }, headers })
    expect(answer).toEqual({ id: 1 })
    expect(calls[0]?.init).toMatchObject({
      method: 'PATCH',
      body: '{"x":null}',
      headers: {
        authorization: 'Bearer kl_x',
        'keelson-tenant': 'acme',
        'content-type': 'application/json',
        'if-match': '"1"',
      },
    })
  })

  it('says nothing of a body that it does not have, and may be answered without one', async () => {
    const { api, calls } = answering(() => new Response(null, { status: 204 }))
    expect(await api.send('/v1/a', { method: 'DELETE' })).toBeUndefined()
    expect(calls[0]?.init.body).toBeUndefined()
    expect(calls[0]?.init.headers).not.toHaveProperty('content-type')
  })

  it('that is refused throws what the server says of it', async () => {
    const body = { code: 'permission_denied', title: 'No', detail: 'not you' }
    const { api, refused } = answering(() => Response.json(body, { status: 403 }))
    await expect(api.send('/v1/a', { method: 'POST' })).rejects.toMatchObject({
      code: 'permission_denied',
      status: 403,
    })
    expect(refused).toEqual([])
  })
})

it('a key that is not taken any more ends the session', async () => {
  const { api, refused } = answering(() => Response.json({ code: 'authentication_failed' }, { status: 401 }))
  await expect(api.get('/v1/a')).rejects.toBeInstanceOf(ApiProblem)
  expect(refused).toHaveLength(1)
})

it('an answer that is not JSON is a problem of its own', async () => {
  const { api } = answering(() => new Response('<html>'))
  await expect(api.get('/v1/a')).rejects.toMatchObject({ code: 'bad_answer' })
})

it('query parameters leave out what is undefined', () => {
  expect(queryString({ a: 1, b: undefined, c: ['x', 'y z'] })).toBe('?a=1&c=x&c=y+z')
  expect(queryString({})).toBe('')
})

it('says when the server is away and when it is back, once each', async () => {
  const said: boolean[] = []
  let isAway = false
  const api = createApi({
    fetch: () => (isAway ? Promise.reject(new TypeError('no')) : Promise.resolve(Response.json({}))),
    credentials: () => null,
    onUnauthorized: () => {},
    onReach: isReached => said.push(isReached),
  })
  const gone = { code: 'unreachable' }
  await api.get('/v1/a')
  isAway = true
  await expect(api.get('/v1/a')).rejects.toMatchObject(gone)
  await expect(api.get('/v1/a')).rejects.toMatchObject(gone)
  expect(said).toEqual([false])
  isAway = false
  await api.get('/v1/a')
  await api.get('/v1/a')
  expect(said).toEqual([false, true])
  // A call that nobody waits for any more says nothing of the server.
  isAway = true
  await expect(api.get('/v1/a', { signal: AbortSignal.abort() })).rejects.toThrow('no')
  expect(said).toEqual([false, true])
})
