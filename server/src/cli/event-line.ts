import { styleText } from 'node:util'
import type { EventItem } from '../api/types.ts'

const colours = { success: 'green', failure: 'red', denied: 'yellow', unknown: 'gray' } as const

/** One line for people: time, outcome, actor, action, resource. Colour only where the terminal wants it. */
export function eventLine({ occurredAt, audit }: EventItem): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    styleText(style, text, { stream: process.stdout })
  const time = `${occurredAt.slice(0, 10)} ${occurredAt.slice(11, 19)}`
  const actor = printable(audit.actor?.name ?? audit.actor?.id ?? '–')
  const resource = audit.resource ? printable(audit.resource.name ?? audit.resource.id) : ''
  return [
    paint('gray', time),
    paint(colours[audit.outcome], audit.outcome.padEnd(7)),
    cut(actor, 20),
    paint('bold', cut(printable(audit.action), 32)),
    resource.length > 60 ? `${resource.slice(0, 59)}…` : resource,
  ]
    .join('  ')
    .trimEnd()
}

/** Text of events comes from outside: control characters would steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '�')
}

/** The same JSON on one line, with the control characters that `JSON.stringify` leaves as they are written out. */
export function printableJson(value: object): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}]/gu, char =>
    Array.from({ length: char.length }, (_, at) => escapeUnit(char.charCodeAt(at))).join(''),
  )
}

const escapeUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}
