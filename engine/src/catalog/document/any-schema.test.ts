import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import { toAsyncApi } from './asyncapi/to-async-api.ts'
import type { CatalogDocument } from './catalog-document.ts'
import { listChanges } from './changelog/list-changes.ts'
import { mermaidText } from './diagram/mermaid.ts'
import { anEvent } from './fixtures/documents.ts'
import { code, prose, table } from './markdown/markdown.ts'
import { toMarkdown } from './markdown/to-markdown.ts'
import { toTypeScript } from './typescript/to-typescript.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.stringMatching(/^[|`\\<>[\]*_#"';\n -]{0,12}$/),
)
const keywords = [
  'type',
  'properties',
  'items',
  'anyOf',
  'allOf',
  'enum',
  'const',
  '$ref',
  'required',
  '$defs',
]
const types = fc.constantFrom('string', 'object', 'array', 'number', 'null', 'odd')

/** Anything that JSON can be, often with keywords where keywords go, and often with the wrong kind of value. */
const { part } = fc.letrec<{ part: JsonValue }>(tie => ({
  part: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<JsonValue>,
    fc.record({
      type: types,
      description: anyText,
      properties: fc.dictionary(anyText, tie('part'), { maxKeys: 3 }),
      required: fc.array(anyText, { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), tie('part')),
    }),
    fc.dictionary(
      fc.constantFrom(...keywords),
      fc.oneof(tie('part'), fc.array(tie('part'), { maxLength: 3 }), anyText),
      { maxKeys: 4 },
    ),
  ) as fc.Arbitrary<JsonValue>,
}))
const anySchema = part
  .filter(value => typeof value === 'boolean' || isJsonObject(value))
  .map(value => JSON.parse(JSON.stringify(value)) as JsonObject)

describe('any schema and any text', () => {
  it('can be shown in every form, the same each time', () => {
    fc.assert(
      fc.property(anySchema, anySchema, anyText, (schema, other, text) => {
        const event = anEvent('OrderPlaced', {
          schema,
          summary: text,
          producer: text,
          topic: text,
          examples: [],
        })
        const document: CatalogDocument = {
          events: [event],
          commands: [],
          topics: [
            { name: text, summary: text, publishers: [text], subscribers: [], events: ['OrderPlaced'] },
          ],
        }
        const made = () => [
          toTypeScript(document),
          [...toMarkdown(document)],
          toAsyncApi(document, { title: 'a', version: '1' }),
          listChanges(schema, other),
        ]
        expect(made()).toEqual(made())
      }),
      { numRuns: 500 },
    )
  })

  it('stays within its cell, its line and its label', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect(prose(text)).not.toMatch(/(?<!\\)(\\\\)*[<|[\]`]|\n/)
        expect(code(text)).not.toContain('\n')
        const [, , row = ''] = table(['a', 'b'], [[prose(text), code(text)]]).split('\n')
        expect(row.match(/(?<!\\)\|/g)?.length).toBe(3)
        expect(mermaidText(text)).not.toMatch(/["<>\n[\](){}|]/)
      }),
      { numRuns: 2_000 },
    )
  })
})
