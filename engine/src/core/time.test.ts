import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTime, toUtc } from './time.ts'

const offset = (minutes: number): string => {
  const size = Math.abs(minutes)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

describe('toUtc', () => {
  it.each([
    ['2026-06-11T09:00:01Z', '2026-06-11T09:00:01Z'],
    ['2026-06-11T09:00:01.123456789Z', '2026-06-11T09:00:01.123456789Z'],
    ['2026-06-11T09:00:01.100Z', '2026-06-11T09:00:01.100Z'],
    ['2026-06-11t09:00:01z', '2026-06-11T09:00:01Z'],
    ['2026-06-11t09:00:01.5Z', '2026-06-11T09:00:01.5Z'],
    ['2026-06-11T11:00:01.250+02:00', '2026-06-11T09:00:01.250Z'],
    ['2026-06-11T00:30:00.000000001+05:45', '2026-06-10T18:45:00.000000001Z'],
    ['2026-12-31T23:59:59-00:30', '2027-01-01T00:29:59Z'],
    ['2026-06-11T09:00:01+00:00', '2026-06-11T09:00:01Z'],
    ['2026-06-11T09:00:01-00:00', '2026-06-11T09:00:01Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00Z'],
    ['2000-02-29T12:00:00-23:59', '2000-03-01T11:59:00Z'],
  ])('reads %s as %s', (text, utc) => {
    expect(toUtc(text)).toBe(utc)
  })

  it.each([
    '',
    'yesterday',
    '2026-06-11',
    '2026-06-11T09:00:01',
    '2026-06-11 09:00:01Z',
    '2026-06-11T09:00Z',
    '2026-06-11T09:00:01.Z',
    '2026-06-11T09:00:01.1234567890Z',
    '2026-06-11T09:00:01,5Z',
    '2026-06-11T09:00:01+0200',
    '2026-06-11T09:00:01+24:00',
    '2026-06-11T09:00:01+02:60',
    '2026-02-29T09:00:00Z',
    '1900-02-29T09:00:00Z',
    '2026-04-31T09:00:00Z',
    '2026-00-10T09:00:00Z',
    '2026-13-10T09:00:00Z',
    '2026-06-00T09:00:00Z',
    '2026-06-11T24:00:00Z',
    '2026-06-11T09:60:00Z',
    '2016-12-31T23:59:60Z',
    '0000-01-01T00:00:00Z',
    '0099-12-31T23:00:00Z',
    '0100-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '12026-06-11T09:00:01Z',
    '2026-06-11T09:00:01Z\n',
    ' 2026-06-11T09:00:01Z',
    '２026-06-11T09:00:01Z',
  ])('does not take %j', text => {
    expect(toUtc(text)).toBeUndefined()
  })

  it('names the same moment as the text, digit for digit, and takes what it gives', () => {
    const moment = fc.date({
      min: new Date('0200-01-01T00:00:00Z'),
      max: new Date('9990-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    const zone = fc.integer({ min: -1439, max: 1439 })
    const fraction = fc.stringMatching(/^(\.\d{1,9})?$/)
    fc.assert(
      fc.property(moment, zone, fraction, (date, minutes, digits) => {
        const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19)
        const utc = toUtc(`${local}${digits}${offset(minutes)}`)
        expect(utc).toBe(`${date.toISOString().slice(0, 19)}${digits}Z`)
        expect(toUtc(utc as string)).toBe(utc)
      }),
      { numRuns: 500 },
    )
  })

  it('takes nothing that it would not take again', () => {
    const near = fc.stringMatching(
      /^(0000|0099|0100|2026|9999)-(01|02|12)-(01|29|31)T(00|23):(00|59):59(Z|[+-](00|01|23):(00|59))$/,
    )
    fc.assert(
      fc.property(near, text => {
        const utc = toUtc(text)
        if (utc !== undefined) expect(toUtc(utc)).toBe(utc)
      }),
      { numRuns: 500 },
    )
  })
})

describe('readTime', () => {
  it('gives the milliseconds that Date gives, for any time that there is', () => {
    const time = fc.date({
      min: new Date('0100-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(time, date => {
        const text = date.toISOString()
        expect(readTime(text)).toEqual({ text, at: date.getTime() })
        expect(readTime(`${text.slice(0, 19)}Z`)?.at).toBe(Math.floor(date.getTime() / 1000) * 1000)
      }),
    )
  })

  it('takes no text that only looks like a time', () => {
    for (const wrong of [
      '2026-06-1aT09:00:01Z',
      '2026-06-11T09:00:01.25:Z',
      '2026-06-11T09:00:01.2/5Z',
      '2026-06-11T24:00:00Z',
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-06-11 09:00:01Z',
      '2026-06-11T09:60:00Z',
    ])
      expect(readTime(wrong), wrong).toBeUndefined()
  })
})
