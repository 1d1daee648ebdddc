import type { Static, TSchema } from 'typebox'
import Type from 'typebox'

/** Fields of payloads, each with what it means and an example; lengths are in UTF-16 units. */

export const text = (description: string, example: string, maxLength = 512) =>
  Type.String({ description, minLength: 1, maxLength, examples: [example] })

/** An id that some service gave. */
export const id = (description: string, example: string) => text(description, example, 128)

/** A point in time, RFC 3339 with a zone. */
export const time = (description: string, example = '2026-06-11T09:00:01Z') =>
  Type.String({ description, format: 'date-time', maxLength: 40, examples: [example] })

export const count = (description: string, example: number, minimum = 0) =>
  Type.Integer({ description, minimum, examples: [example] })

export const number = (
  description: string,
  example: number,
  bounds: { minimum?: number; maximum?: number } = {},
) => Type.Number({ description, ...bounds, examples: [example] })

export const flag = (description: string, example: boolean) =>
  Type.Boolean({ description, examples: [example] })

export const oneOf = <const Values extends string[]>(
  values: readonly [...Values],
  description: string,
  example: Values[number],
) => Type.Enum(values, { description, examples: [example] })

/** A list of 0 to `maxItems` (or from `minItems`) items; with `isUnique` none is there twice. */
export const list = <Item extends TSchema>(
  items: Item,
  description: string,
  examples: readonly Static<Item>[],
  { minItems = 0, maxItems = 100, isUnique = false } = {},
) =>
  Type.Array(items, {
    description,
    minItems,
    maxItems,
    ...(isUnique ? { uniqueItems: true } : {}),
    examples: [examples],
  })

/** SHA-256 in lower-case hexadecimal. */
export const sha256 = (description: string) =>
  Type.String({
    description,
    pattern: '^[0-9a-f]{64}$',
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  })

/** A remark that somebody wrote. Its text is personal data of its author, and is gone when that is erased. */
export const note = (description: string, example: string) =>
  Type.Object(
    {
      authorId: id('Opaque id of the user who wrote it.', 'usr-7a10'),
      text: Type.Optional(text('What was written, in free words; absent once it is erased.', example, 2000)),
    },
    { description },
  )
