import { describe, expect, it } from 'vitest'
import { absolute, ago, agoText, compact, editable, nextDay, parseInstant } from './format.ts'

const at = Date.parse('2026-11-20T14:03:59.120Z')

describe('ago', () => {
  it('names one unit', () => {
    const gaps: [number, string][] = [
      [-5000, 'now'],
      [0, 'now'],
      [59_999, '59 s'],
      [60_000, '1 min'],
      [3_600_000, '1 h'],
      [86_400_000 * 6, '6 d'],
    ]
    for (const [gap, text] of gaps) expect(ago(at, at + gap)).toBe(text)
  })

  it('gives the date of what is long ago, for nobody counts 2,237 days', () => {
    expect(ago(at, at + 86_400_000 * 9)).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  it('says nothing of it beside the date itself', () => {
    expect(agoText(at, at)).toBe('now')
    expect(agoText(at, at + 3_600_000 * 5)).toBe('5 h ago')
    expect(agoText(at, at + 86_400_000 * 9)).toBeUndefined()
  })
})

describe('absolute and compact', () => {
  it('writes the instant with its zone', () => {
    expect(absolute(at, 'utc')).toBe('2026-11-20 14:03:59.120 UTC')
    expect(compact(at, at + 1000, 'utc')).toBe('14:03:59')
    expect(compact(at, at + 86_400_000, 'utc')).toBe('11-20 14:03:59')
  })
})

describe('parseInstant', () => {
  it('reads what people paste', () => {
    const whole = Date.parse('2026-11-20T14:03:00Z')
    const forms = [
      '2026-11-20T14:03:00Z',
      '2026-11-20 14:03',
      '2026-11-20 14:03:00 UTC',
      '2026-11-20T15:03:00+0100',
      '1795183380',
      '1795183380000',
    ]
    for (const form of forms) expect(parseInstant(form, 'utc'), form).toBe(whole)
    expect(parseInstant('2026-11-20', 'utc')).toBe(Date.parse('2026-11-20T00:00:00Z'))
  })

  it('reads back what it offers for editing', () => {
    for (const zone of ['utc', 'local'] as const)
      expect(parseInstant(editable(at, zone), zone)).toBe(at - 120)
  })

  it('refuses the rest', () => {
    for (const bad of ['', 'yesterday', '2026-13-01', '12:00'])
      expect(parseInstant(bad, 'utc')).toBeUndefined()
  })
})

describe('nextDay', () => {
  it('crosses months and leap days', () => {
    expect(['2026-12-31', '2028-02-28', '2028-02-29'].map(nextDay)).toEqual([
      '2027-01-01',
      '2028-02-29',
      '2028-03-01',
    ])
  })
})
