import { describe, expect, it } from 'vitest'
import type { Api, RequestOptions } from './client.ts'
import { backoff, type FollowStatus, follow } from './follow.ts'
import { ApiProblem } from './problem.ts'

type Answer = string | ApiProblem

function script(answers: Answer[]) {
  const asked: string[] = []
  const api: Pick<Api, 'open'> = {
    open: (_path: string, options?: RequestOptions) => {
      asked.push(options?.headers?.['last-event-id'] ?? '')
      const answer = answers.shift()
      return answer instanceof ApiProblem
        ? Promise.reject(answer)
        : Promise.resolve(new Response(answer ?? ''))
    },
  }
  return { api, asked }
}

async function run(answers: Answer[], stopAfterWaits = answers.length) {
  const { api, asked } = script(answers)
  const stop = new AbortController()
  const seen: string[] = []
  const statuses: FollowStatus[] = []
  let waits = 0
  await follow({
    api,
    path: '/v1/events/tail',
    query: {},
    after: 5,
    signal: stop.signal,
    onFrame: frame => seen.push(frame.data),
    onStatus: status => statuses.push(status),
    sleep: async () => {
      waits += 1
      if (waits >= stopAfterWaits) stop.abort()
    },
    random: () => 0,
  })
  return { asked, seen, statuses }
}

describe('follow', () => {
  it('resumes after the last id it saw', async () => {
    const { asked, seen } = await run([
      'retry: 10\n\nid: 6\ndata: a\n\nid: 7\ndata: b\n\n',
      'id: 8\ndata: c\n\n',
    ])
    expect(asked).toEqual(['5', '7'])
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  it('waits longer after each failure and begins anew after a frame', async () => {
    const down = new ApiProblem({}, 503)
    const { statuses } = await run([down, down, 'id: 6\ndata: a\n\n', down])
    expect(statuses.filter(s => s.kind === 'waiting').map(s => s.delay)).toEqual([2000, 4000, 2000, 4000])
  })

  it('stops at a refusal that waiting cannot cure', async () => {
    const { statuses, asked } = await run([new ApiProblem({ code: 'forbidden' }, 403)], 9)
    expect(asked).toHaveLength(1)
    expect(statuses.at(-1)).toMatchObject({ kind: 'failed', problem: { code: 'forbidden' } })
  })

  it('never waits longer than 30 s', () => {
    expect(backoff(50, 2000, () => 0)).toBe(30_000)
    expect(backoff(1, 2000, () => 1)).toBe(1500)
  })
})
