import { describe, expect, it } from 'vitest'
import { blankSpoken, createTextMask, maskSpoken, textsIn } from './mask-texts.ts'

describe('a mask of texts', () => {
  const mask = createTextMask(['anna.karenina@example.com', 'Anna Karenina', '+49 170 1234567', 'Anna', 'Bo'])

  it.each([
    ['no mailbox anna.karenina@example.com.', 'no mailbox (removed).'],
    ['ANNA KARENINA is unknown, so is (anna)', '(removed) is unknown, so is ((removed))'],
    ['{"phone":"+49 170 1234567"}', '{"phone":"+(removed)"}'],
    ['Annabel, Joanna and Bo are others', 'Annabel, Joanna and Bo are others'],
    ['Anna Kareninas', '(removed) Kareninas'],
    ['', ''],
  ])('of "%s" leaves "%s"', (text, expected) => {
    expect(mask(text)).toBe(expected)
  })

  it('finds what the end of a text that was cut to its greatest length cut off', () => {
    const cut = `${'x '.repeat(494)}karenina an`.slice(0, 999)
    expect(mask(`${'.'.repeat(985)}anna.karenina@e`)).toBe(`${'.'.repeat(985)}(removed)`)
    expect(mask(cut)).toBe(cut)
    expect(mask('no mailbox anna.karenina@e')).toBe('no mailbox (removed).karenina@e')
    expect(createTextMask(['karenina'])(`${'.'.repeat(995)}karen`)).toBe(`${'.'.repeat(995)}(removed)`)
    expect(createTextMask(['karenina'])('of karen')).toBe('of karen')
  })

  it('without a text leaves everything', () => {
    expect(createTextMask([])('Anna')).toBe('Anna')
    expect(createTextMask(['', '..', 'Bo'])('.. Bo')).toBe('.. Bo')
  })

  it('is put on texts of errors only, never on the content of an event', () => {
    const letter = {
      attempts: [{ at: 1, name: 'Error', message: 'of Anna' }],
      error: 'Anna',
      reason: 'Anna',
      payload: { message: 'Anna' },
      edited: { payload: { error: 'Anna' } },
      headers: { message: 'Anna' },
    }
    expect(maskSpoken(letter, mask)).toEqual({
      ...letter,
      attempts: [{ at: 1, name: 'Error', message: 'of (removed)' }],
      error: '(removed)',
    })
    const said = { name: 'No Anna', code: 'E-ANNA', message: 'none', fingerprint: 'f' }
    const fingerprint = expect.stringMatching(/^[0-9a-f]{16}$/)
    const after = { ...said, name: 'No (removed)', code: 'E-(removed)', fingerprint }
    expect(maskSpoken({ attempts: [said], name: 'Anna' }, mask)).toEqual({ attempts: [after], name: 'Anna' })
    const discarded = { at: 1, by: 'key-1', fingerprint: 'f', reason: 'Anna has left' }
    expect(maskSpoken(discarded, mask)).toEqual({ ...discarded, reason: '(removed) has left' })
    const other = { attempts: [{ message: 'of Ben', fingerprint: 'f' }], list: [1, null, ['Anna']] }
    expect(maskSpoken(other, mask)).toBe(other)
  })
})

it('what errors said since a time goes whole, but for words of a program; so does what has no time', () => {
  const error = { name: 'RangeError', code: 'of Anna', message: 'of Anna', fingerprint: 'f' }
  const letter = {
    eventId: 'e',
    payload: { message: 'of Anna' },
    attempts: [
      { ...error, at: 999 },
      { ...error, at: 1_000 },
    ],
  }
  const gone = { name: 'RangeError', code: '(removed)', message: '(removed)' }
  expect(blankSpoken(letter, 1_000)).toMatchObject({ ...letter, attempts: [{ ...error, at: 999 }, gone] })
  const run = { state: 'failed', error: 'of Anna', startedAt: 1 }
  expect(blankSpoken({ ...run, endedAt: 999 }, 1_000)).toEqual({ ...run, endedAt: 999 })
  expect(blankSpoken({ ...run, endedAt: 1_000 }, 1_000)).toMatchObject({ error: '(removed)' })
  expect(blankSpoken(run, 1_000)).toMatchObject({ error: '(removed)' })
  const blank = blankSpoken(letter, 0)
  expect(blankSpoken(blank, 0)).toBe(blank)
})

it('texts of a value are those that can be told from others', () => {
  const value = { name: 'Anna', no: [491701234567, 1234, -200000, 1.5], short: 'Bo', is: true, none: null }
  expect([...textsIn([value, 'x'.repeat(1_001)])]).toEqual(['Anna', '491701234567', '200000'])
})

it('addresses are found as they were sent and as they are commonly spelled', () => {
  const mask = createTextMask(textsIn(['mailto:Mina@leak.example', 'tel:+43 316 873-0']))
  expect(mask('no mailbox mina@leak.example, see mailto:mina@leak.example')).toBe(
    'no mailbox (removed), see (removed)',
  )
  expect(mask('cannot call +43 316 873-0 or +433168730')).toBe('cannot call +(removed) or +(removed)')
})
