import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../testing/index.ts'
import { streamName } from './stream-name.ts'

const nameOf = (members: { aggregateType?: string; aggregateId?: string }): string =>
  streamName({ ...sampleEvent('acme').envelope, ...members })

describe('streamName', () => {
  it('is one for each aggregate, or one for all events of a type without', () => {
    expect(nameOf({ aggregateType: 'Order', aggregateId: '7' })).toBe('Order-7')
    expect(nameOf({ aggregateId: '7' })).toBe('SampleHappened-7')
    expect(nameOf({ aggregateType: 'Order' })).toBe('SampleHappened')
    expect(nameOf({})).toBe('SampleHappened')
  })

  it('ends in a digest of the whole where it would be too long', () => {
    const fits = 'x'.repeat(506)
    expect(nameOf({ aggregateType: 'Order', aggregateId: fits })).toBe(`Order-${fits}`)
    const tooLong = `${fits}x`
    const name = nameOf({ aggregateType: 'Order', aggregateId: tooLong })
    expect(name).toHaveLength(512)
    const digest = createHash('sha256').update(`Order-${tooLong}`).digest('hex')
    expect(name).toBe(`Order-${'x'.repeat(441)}~${digest}`)
    expect(nameOf({ aggregateType: 'Order', aggregateId: `${fits}y` })).not.toBe(name)
  })

  it('does not cut a surrogate pair in half', () => {
    for (const start of ['', 'x']) {
      const name = nameOf({ aggregateType: 'Order', aggregateId: start + '😀'.repeat(300) })
      expect(name.isWellFormed()).toBe(true)
      expect(name).toHaveLength(512)
    }
  })
})
