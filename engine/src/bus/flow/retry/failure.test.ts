import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../../core/index.ts'
import { causesOf, isPermanent, normaliseError, PermanentError } from './failure.ts'

const coded = (code: string): Error => Object.assign(new Error('failed'), { code })

describe('a failure', () => {
  it.each([
    ['an error of which nothing is known', new Error('?'), false],
    ['what is no error', 'oops', false],
    ['a permanent error', new PermanentError('no'), true],
    ['a permanent error as the cause', new Error('outer', { cause: new PermanentError('no') }), true],
    ['an input that is wrong', new KeelsonError('payload_invalid'), true],
    ['a store that is away', new KeelsonError('store_unreachable'), false],
    ['a conflict that is decided anew', new KeelsonError('version_conflict'), false],
    ['an append whose condition failed', new KeelsonError('append_condition_failed'), false],
    ['a change that came too late', new KeelsonError('precondition_failed'), false],
    ['a connection that was refused', coded('ECONNREFUSED'), false],
    [
      'a wrapped input',
      new KeelsonError('internal_error', 'x', {}, new KeelsonError('payload_invalid')),
      true,
    ],
  ])('of %s', (_, error, isFinal) => {
    expect(isPermanent(error)).toBe(isFinal)
  })

  it('is what the rules say, by class, code or name', () => {
    const permanent = [TypeError, '23505', 'ValidationError']
    expect(isPermanent(new TypeError('x'), { permanent })).toBe(true)
    expect(isPermanent(coded('23505'), { permanent })).toBe(true)
    expect(isPermanent(coded('23506'), { permanent })).toBe(false)
    expect(isPermanent(Object.assign(new Error('x'), { name: 'ValidationError' }), { permanent })).toBe(true)
    expect(isPermanent(new RangeError('x'), { permanent })).toBe(false)
  })

  it('is transient where a rule says so, whatever else does', () => {
    const rules = { transient: ['tenant_unknown', PermanentError], permanent: [Error] }
    expect(isPermanent(new KeelsonError('tenant_unknown'), rules)).toBe(false)
    expect(isPermanent(new PermanentError('x'), rules)).toBe(false)
    expect(isPermanent(new Error('x'), rules)).toBe(true)
  })

  it('is transient where what caused it is permanent but what it became is to be tried again', () => {
    const cause = new PermanentError('stale')
    expect(isPermanent(new KeelsonError('version_conflict', undefined, {}, cause))).toBe(false)
  })

  it('is followed through its causes, but not for ever', () => {
    const [a, b] = [new Error('a'), new Error('b')]
    a.cause = b
    b.cause = a
    expect(causesOf(a)).toEqual([a, b])
    let deep: Error = new PermanentError('deepest')
    for (let depth = 0; depth < 100_000; depth += 1) deep = new Error('wrapped', { cause: deep })
    expect(causesOf(deep)).toHaveLength(8)
    expect(isPermanent(deep)).toBe(false)
  })
})

describe('whatever was thrown', () => {
  it('is left as it is where it is an error, also of another realm', () => {
    const error = new TypeError('x')
    expect(normaliseError(error)).toBe(error)
    const foreign: unknown = runInNewContext('new Error("from elsewhere")')
    expect(foreign).not.toBeInstanceOf(Error)
    expect(normaliseError(foreign)).toBe(foreign)
  })

  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  it.each([
    ['text', 'text'],
    ['', ''],
    [undefined, 'undefined'],
    [null, 'null'],
    [42n, '42'],
    [Symbol('s'), 'Symbol(s)'],
    [{ message: 'from an object' }, 'from an object'],
    [{ status: 500 }, '{"status":500}'],
    [() => undefined, 'a function was thrown'],
    [circular, 'an object was thrown that cannot be read'],
    ['x'.repeat(5_000), 'x'.repeat(1_000)],
  ])('becomes an error', (thrown, message) => {
    const error = normaliseError(thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'NonErrorThrown', message, cause: thrown })
  })

  it('may be an object that does not let itself be read', () => {
    const unreadable = {
      get message(): string {
        throw new Error('no')
      },
    }
    const error = normaliseError(unreadable)
    expect(error.message).toBe('an object was thrown that cannot be read')
    expect(error.cause === unreadable).toBe(true)
  })
})
