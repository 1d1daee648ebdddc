import Type from 'typebox'
import { time } from '../definition/field.ts'

export const Period = Type.Object(
  {
    from: time('First moment that belongs to it.', '2026-05-01T00:00:00Z'),
    to: time('First moment after it.', '2026-06-01T00:00:00Z'),
  },
  { description: 'The time that the report is about.' },
)
