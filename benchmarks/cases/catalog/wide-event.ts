import { defineEvent } from 'keelson'
import Type from 'typebox'

const kinds = [
  { schema: Type.Integer(), example: 4711 },
  { schema: Type.Number(), example: 12.5 },
  { schema: Type.Boolean(), example: true },
  { schema: Type.String({ maxLength: 200 }), example: 'a text as events have them' },
]
const members = Array.from({ length: 23 }, (_, at) => ({
  name: `member${at}`,
  ...(kinds[at % 4] as (typeof kinds)[0]),
}))

export const wideExample: Record<string, string | number | boolean> = Object.fromEntries(
  members.map(({ name, example }) => [name, example]),
)

/** 23 members, all there: numbers, flags and texts in turn. */
export const wideEvent = defineEvent({
  type: 'MeterRead',
  version: '1.0',
  kind: 'domain',
  topic: 'meters',
  summary: 'A meter was read.',
  producer: 'Meters',
  consumers: ['Billing'],
  payload: Type.Object(Object.fromEntries(members.map(({ name, schema }) => [name, schema]))),
  examples: [wideExample],
})
