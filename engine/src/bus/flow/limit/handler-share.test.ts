import { describe, expect, it } from 'vitest'
import { HandlerShare } from './handler-share.ts'

/** Handlers that the tenant begins, one after the other, until it may not. */
function begin(share: HandlerShare, tenantId: string, concurrency: number, now = 0): number {
  let begun = 0
  for (; begun < concurrency && share.mayBegin(tenantId, concurrency, now); begun += 1)
    share.begin(tenantId, now)
  return begun
}

function once(share: HandlerShare, tenantId: string, now = 0): void {
  share.begin(tenantId, now)
  share.end(tenantId)
}

describe('the handlers of a subscription', () => {
  it('are all for a tenant that is alone', () => {
    const share = new HandlerShare()
    once(share, 'flood')
    expect(begin(share, 'flood', 20)).toBe(20)
  })

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [8, 7],
    [10, 8],
    [20, 17],
    [100, 87],
  ])('of which there are %i are %i at the most for one that is not', (concurrency, most) => {
    const share = new HandlerShare()
    once(share, 'calm')
    expect(begin(share, 'flood', concurrency)).toBe(most)
    expect(share.mayBegin('calm', concurrency, 0)).toBe(true)
    share.end('flood')
    expect(share.mayBegin('flood', concurrency, 0)).toBe(true)
  })

  it('are all for a tenant again when none other was handled for a minute', () => {
    const share = new HandlerShare()
    once(share, 'calm')
    expect(begin(share, 'flood', 4, 59_999)).toBe(3)
    expect(share.mayBegin('flood', 4, 60_000)).toBe(true)
  })

  it('leave none idle where two tenants have enough for all of them', () => {
    const share = new HandlerShare()
    for (const tenantId of ['a', 'b']) once(share, tenantId)
    expect([begin(share, 'a', 8), begin(share, 'b', 1)]).toEqual([7, 1])
  })
})
