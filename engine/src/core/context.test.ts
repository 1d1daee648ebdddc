import { describe, expect, it } from 'vitest'
import { currentContext, runInContext, traceIdOf } from './context.ts'

describe('runInContext', () => {
  it('is empty outside of any context, and after it', () => {
    expect(currentContext()).toEqual({})
    expect(runInContext({ tenantId: 'acme' }, () => currentContext())).toEqual({ tenantId: 'acme' })
    expect(currentContext()).toEqual({})
  })

  it('keeps what the outer context says where the inner one says nothing', () => {
    const inner = runInContext({ tenantId: 'acme', traceId: 'a', actor: 'u' }, () =>
      runInContext({ traceId: 'b', causationId: 'c' }, () => currentContext()),
    )
    expect(inner).toEqual({ tenantId: 'acme', traceId: 'b', actor: 'u', causationId: 'c' })
  })

  it('follows each call through its waits, apart from the others', async () => {
    const seen = await Promise.all(
      ['a', 'b', 'c'].map(actor =>
        runInContext({ actor }, async () => {
          const actors = [currentContext().actor]
          for (let step = 0; step < 3; step += 1) {
            await new Promise(resolve => setImmediate(resolve))
            actors.push(currentContext().actor)
          }
          return actors
        }),
      ),
    )
    expect(seen).toEqual(['a', 'b', 'c'].map(actor => [actor, actor, actor, actor]))
  })

  it('cannot be changed from within, and gives the result or the error of the work', () => {
    expect(() => runInContext({ actor: 'a' }, () => Object.assign(currentContext(), { actor: 'b' }))).toThrow(
      TypeError,
    )
    expect(runInContext({}, () => 7)).toBe(7)
  })
})

describe('traceIdOf', () => {
  it('reads the trace id of a traceparent', () => {
    expect(traceIdOf('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')).toBe(
      '0af7651916cd43dd8448eb211c80319c',
    )
  })

  it.each([
    '',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331',
    '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    '00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01',
  ])('gives nothing for %j', traceparent => {
    expect(traceIdOf(traceparent)).toBeUndefined()
  })
})
