import { describe, expect, it, vi } from 'vitest'
import { compareEarlier } from './compare-earlier.ts'
import { testCheckers } from './fixtures/test-registry.ts'
import { createJsonChecker } from './json-checker.ts'
import { initialState } from './registry-state.ts'

const checker = createJsonChecker()
const document = (schema: unknown, ...references: { name: string; text: string }[]) => ({
  text: JSON.stringify(schema),
  references,
})

describe('JSON schemas', () => {
  it('are refused with the differences, and a value that shows it', () => {
    const earlier = document({ type: 'number', maximum: 100 })
    const verdict = checker.compare(earlier, document({ type: 'number', maximum: 50 }), 'backward')
    expect(verdict.isCompatible).toBe(false)
    expect(verdict.messages[0]).toMatch(/^backward: .*50/)
    expect(verdict.details).toMatchObject({
      verdict: 'incompatible',
      counterExample: { direction: 'backward', value: expect.any(Number) },
    })
    expect(checker.compare(earlier, document({ type: 'number' }), 'backward')).toMatchObject({
      isCompatible: true,
      messages: [],
    })
  })

  it('are compared with what they refer to', () => {
    const money = (maximum: number) => ({ name: 'money', text: JSON.stringify({ type: 'number', maximum }) })
    const schema = { type: 'array', items: { $ref: 'money' } }
    const wide = document(schema, money(100))
    expect(checker.compare(wide, document(schema, money(50)), 'backward').isCompatible).toBe(false)
    expect(checker.compare(wide, document(schema, money(200)), 'backward').isCompatible).toBe(true)
    expect(checker.parse(wide).canonical).toBe('{"items":{"$ref":"money"},"type":"array"}')
  })
})

describe('comparing with all earlier versions', () => {
  it('ends in a refusal where it takes too long', async () => {
    const now = vi.spyOn(performance, 'now')
    try {
      let time = 0
      now.mockImplementation(() => {
        time += 6_000
        return time
      })
      const content = (id: number) => ({ id, schemaType: 'JSON' as const, schema: '{}', references: [] })
      const earlier = [5, 4, 3, 2, 1].map(version => ({ version, content: content(version) }))
      const view = { own: initialState('acme'), platform: undefined }
      const comparison = { mode: 'full_transitive' as const, earlier }
      const verdict = await compareEarlier(view, document({}), 'JSON', comparison, testCheckers)
      expect(verdict).toMatchObject({ isCompatible: false, comparedWith: 3 })
      expect(verdict.messages[0]).toContain('too long')
    } finally {
      now.mockRestore()
    }
  })
})
