import { describe, expect, it } from 'vitest'
import { boundsOf } from './bounds.ts'

describe('bounds in words', () => {
  it.each([
    [{ minLength: 3, maxLength: 3 }, ['exactly 3 characters']],
    [{ minItems: 0, maxItems: 9, uniqueItems: true }, ['at most 9 items', 'no item twice']],
    [{ minimum: -1, maximum: 1, multipleOf: 0.5 }, ['-1 to 1', 'a multiple of 0.5']],
    [{ exclusiveMinimum: 0, exclusiveMaximum: 2 }, ['more than 0', 'less than 2']],
    [{ const: null }, ['always null']],
    [{ format: 'uuid', pattern: '^a' }, ['format uuid', 'matches ^a']],
    [{ minProperties: 1 }, ['at least 1 members']],
    [{ description: 'x' }, []],
  ])('%j', (schema, words) => expect(boundsOf(schema)).toEqual(words))
})
