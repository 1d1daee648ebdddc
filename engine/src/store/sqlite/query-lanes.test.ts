import { describe, expect, it } from 'vitest'
import type { Question } from './query-lanes.ts'
import { QueryLanes } from './query-lanes.ts'

const question = (name: string, tenantId?: string): Question => ({
  request: { kind: 'query', sql: name, params: [] },
  tenantId,
  resolve: () => undefined,
  reject: () => undefined,
})

/** The names in the order in which they are asked, each answered before the next is taken. */
function order(lanes: QueryLanes): string[] {
  const names: string[] = []
  for (let next = lanes.next(); next; next = lanes.next()) {
    names.push(next.request.sql)
    lanes.done(next)
  }
  return names
}

describe('the lanes of questions', () => {
  it('put what the platform asks before all searches', () => {
    const lanes = new QueryLanes()
    lanes.add(question('search', 'acme'))
    lanes.add(question('key'))
    expect(order(lanes)).toEqual(['key', 'search'])
  })

  it('let tenants take turns, however many searches one has', () => {
    const lanes = new QueryLanes()
    for (const name of ['a1', 'a2', 'a3']) lanes.add(question(name, 'acme'))
    for (const name of ['b1', 'b2']) lanes.add(question(name, 'globex'))
    expect(order(lanes)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3'])
  })

  it('ask one search at a time, so that the platform never waits for more than one', () => {
    const lanes = new QueryLanes()
    lanes.add(question('a', 'acme'))
    lanes.add(question('b', 'globex'))
    const first = lanes.next() as Question
    expect(lanes.next()).toBeUndefined()
    lanes.add(question('key'))
    expect(lanes.next()?.request.sql).toBe('key')
    lanes.done(first)
    expect(lanes.next()?.request.sql).toBe('b')
  })

  it('refuse more than 64 searches of a tenant, and take others', () => {
    const lanes = new QueryLanes()
    const taken = Array.from({ length: 70 }, (_, at) => lanes.add(question(String(at), 'acme')))
    expect(taken.filter(Boolean)).toHaveLength(64)
    expect(lanes.add(question('b', 'globex'))).toBe(true)
  })

  it('give back a question that waits, not one that was asked', () => {
    const lanes = new QueryLanes()
    const [asked, waiting] = [question('a', 'acme'), question('b', 'acme')]
    lanes.add(asked)
    lanes.add(waiting)
    expect(lanes.next()).toBe(asked)
    expect([lanes.remove(waiting), lanes.remove(asked), lanes.size]).toEqual([true, false, 0])
  })
})
