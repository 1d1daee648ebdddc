import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { schemaHash } from '../../frozen/schema-document.ts'
import { toChangelog } from './to-changelog.ts'

const text = { type: 'string' }
const first: JsonObject = {
  $id: 'urn:keelson:event:OrderPlaced:1.0',
  type: 'object',
  required: ['id', 'gone'],
  properties: { id: text, gone: text, total: { type: 'integer', maximum: 100 }, note: text },
}
const second: JsonObject = {
  $id: 'urn:keelson:event:OrderPlaced:1.1',
  type: 'object',
  required: ['id', 'note'],
  properties: {
    id: text,
    total: { type: 'integer', maximum: 50 },
    note: { ...text, description: 'Why.' },
    place: { type: 'object', properties: { city: text } },
  },
}

describe('a changelog', () => {
  it('says what came, went and changed, newest first', () => {
    const versions = [
      { version: '1.0', document: first },
      { version: '1.1', document: second },
    ]
    expect(toChangelog(versions)).toEqual([
      {
        version: '1.1',
        hash: schemaHash(second),
        previous: '1.0',
        changes: [
          '`/place` was added: object, optional.',
          '`/place/city` was added: text, optional.',
          '`/gone`, which was required, was removed.',
          '`/total` was whole number, up to 100 and is whole number, up to 50.',
          '`/note` became required.',
          '`/note` is described in other words.',
        ],
      },
      { version: '1.0', hash: schemaHash(first), changes: ['First version.'] },
    ])
  })

  it('uses the words of a comparison, and keeps its verdict', () => {
    const difference = {
      pointer: '/properties/total/maximum',
      instancePath: '/total',
      keyword: 'maximum',
      change: 'narrowed' as const,
      isBreaking: true,
      message: '/total: maximum was lowered.',
    }
    const seen: unknown[] = []
    const [entry] = toChangelog(
      [
        { version: '1.0', document: first },
        { version: '1.1', document: second },
      ],
      (older, newer) => {
        seen.push(older, newer)
        return { verdict: 'incompatible', differences: [difference] }
      },
    )
    expect(seen).toEqual([first, second])
    expect(entry?.changes).toEqual(['/total: maximum was lowered.'])
    expect(entry?.comparison?.verdict).toBe('incompatible')
  })

  it('says nothing of versions that are the same, and something of those that are not', () => {
    const of = (newer: JsonObject) =>
      toChangelog([
        { version: '1.0', document: first },
        { version: '1.1', document: newer },
      ])[0]?.changes
    expect(of({ ...first, $id: 'other' })).toEqual([])
    expect(of({ ...first, minProperties: 1 })).toEqual([expect.stringMatching(/^Only words/)])
  })
})
