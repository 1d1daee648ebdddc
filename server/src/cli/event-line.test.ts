import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { EventItem } from '../api/types.ts'
import { eventLine, printable, printableJson } from './event-line.ts'

const item = (audit: Partial<EventItem['audit']>): EventItem =>
  ({
    occurredAt: '2026-06-11T09:00:01.250Z',
    audit: {
      actor: { type: 'user', id: 'u-1', name: 'Ada' },
      action: 'door.opened',
      resource: { type: 'door', id: 'd-1' },
      outcome: 'success',
      address: null,
      summary: '',
      ...audit,
    },
  }) as EventItem
const line = (audit: Partial<EventItem['audit']> = {}) => stripVTControlCharacters(eventLine(item(audit)))

describe('the line of an event', () => {
  it('says when, how it ended, who, what and on what', () => {
    expect(line()).toBe(
      `2026-06-11 09:00:01  success  Ada${' '.repeat(17)}  door.opened${' '.repeat(21)}  d-1`,
    )
    expect(line({ actor: null, resource: null })).toMatch(
      /^2026-06-11 09:00:01 {2}success {2}– +door\.opened$/,
    )
  })

  it('is cut where a part is long', () => {
    const cut = line({ action: 'a'.repeat(100), resource: { type: 't', id: 'r'.repeat(100) } })
    expect(cut).toContain(`${'a'.repeat(31)}…  ${'r'.repeat(59)}…`)
  })

  it('keeps what would steer the terminal out', () => {
    const evil = '\u001b[2J\u0007\u009b31m\r\n\u202e\u200bx\u007f'
    const told = line({
      actor: { type: 'user', id: evil, name: evil },
      action: evil,
      resource: { type: evil, id: evil, name: evil },
    })
    expect(told).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(told).toContain('[2J')
  })
})

describe('JSON that is printed', () => {
  it('is the same value, without a control character', () => {
    const value = { text: '\u009b31m\u007f\u202e\u{e0001}\n"é𝄞', '\u0085': [1, null] }
    const printed = printableJson(value)
    expect(printed).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(JSON.parse(printed)).toEqual(value)
    expect(printed).toContain('é𝄞')
  })

  it('is that of JSON.stringify where there is none', () => {
    const value = { a: 'b\n', c: [1.5, true, null, {}] }
    expect(printableJson(value)).toBe(JSON.stringify(value))
  })
})

describe('a printable text', () => {
  it('shows where something was', () => {
    expect(printable('a\u0000b\u200ec')).toBe('a�b�c')
  })
})
