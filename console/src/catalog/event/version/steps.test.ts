import { expect, it } from 'vitest'
import type { Comparison } from '../../../api/catalog-types.ts'
import { meaningOf, sidesOf, stepsBetween, verdictOf } from './steps.ts'

const step = (from: string, to: string, verdict: Comparison['verdict'] = 'compatible'): Comparison => ({
  from,
  to,
  verdict,
  differences: [],
})
const all = [step('1.0', '1.1'), step('1.1', '1.2', 'incompatible'), step('1.2', '1.3')]

it('finds the way between two versions', () => {
  const way = (from: string, to: string) => stepsBetween(all, from, to).map(one => one.to)
  expect(way('1.0', '1.3')).toEqual(['1.1', '1.2', '1.3'])
  expect(way('1.1', '1.2')).toEqual(['1.2'])
  expect(way('1.1', '1.1')).toEqual([])
  expect(way('1.2', '1.0')).toEqual([])
  expect(way('0.9', '1.3')).toEqual([])
  expect(stepsBetween([step('a', 'b'), step('b', 'a')], 'x', 'a')).toEqual([])
})

it('claims of a way no more than its steps prove', () => {
  expect(verdictOf([])).toBeUndefined()
  expect(verdictOf(all.slice(1, 2))).toBe('incompatible')
  expect(verdictOf([step('1', '2'), step('2', '3')])).toBe('compatible')
  expect(verdictOf(all)).toBe('unproven')
})

it('says by number which version refuses what which one wrote', () => {
  const refused = (direction: 'backward' | 'forward'): Comparison => ({
    ...step('1.0', '1.1', 'incompatible'),
    counterExample: { direction, value: {}, faults: [] },
  })
  expect(sidesOf(step('1.0', '1.1'), { direction: 'backward' })).toEqual({ writer: '1.0', reader: '1.1' })
  expect(meaningOf(refused('backward'))).toBe('1.1 refuses payloads that 1.0 allows')
  expect(meaningOf(refused('forward'))).toBe('1.0 refuses payloads that 1.1 allows')
  expect(meaningOf(step('1.0', '1.1'))).toBe('1.0 and 1.1 each read what was written with the other')
  expect(meaningOf(step('1.0', '1.1', 'unproven'))).toContain('could not be shown that 1.0 and 1.1')
})
