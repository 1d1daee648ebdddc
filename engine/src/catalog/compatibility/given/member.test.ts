import { describe, expect, test } from 'vitest'
import { compareSchemas } from '../compare.ts'
import type { SchemaNode, SchemaObject } from '../schema/node.ts'
import { createNodeIds } from '../schema/node.ts'
import { readSchema } from '../schema/read-schema.ts'
import { createFindEvaluable } from './evaluable.ts'
import { unfold } from './given.ts'
import type { MemberTools } from './member.ts'
import { memberGiven, mentionedNames } from './member.ts'

/** Conditions in one place, each with members of its own, closed by what none of them evaluates. */
function conditions(count: number, type: string): SchemaObject {
  const allOf = Array.from({ length: count }, (_, at) => ({
    if: { required: [`x${at}`] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema has this name
    then: { properties: { [`x${at}`]: { type } } },
    else: { properties: { [`y${at}`]: {} } },
  }))
  return { type: 'object', allOf, unevaluatedProperties: false }
}

interface Work {
  steps: number
  visits: number
}

function lookUpAll(count: number): Work & { readonly nodes: readonly SchemaNode[] } {
  const { root } = readSchema(conditions(count, 'string'), createNodeIds())
  const work: Work = { steps: 0, visits: 0 }
  const tools: MemberTools = {
    matches: () => false,
    step: (cost = 1) => {
      work.steps += cost
    },
    evaluable: createFindEvaluable(() => {
      work.visits += 1
    }),
  }
  const { nodes } = unfold({ nodes: [root], denied: [] })
  for (const name of mentionedNames(nodes, tools)) memberGiven(nodes, name, tools)
  return { ...work, nodes }
}

describe('what is known of members', () => {
  test('is found by one visit of what stands in place, however many names there are', () => {
    const [few, many] = [lookUpAll(10), lookUpAll(200)]
    // The schema itself and four for each condition, once for what is listed and once for what is evaluated.
    expect([few.visits, many.visits]).toEqual([2 * (1 + 4 * 10), 2 * (1 + 4 * 200)])
  })

  test('costs steps by the schemas that are looked through for each name', () => {
    const { nodes, steps } = lookUpAll(200)
    expect(nodes.length).toBe(201)
    expect(steps).toBeGreaterThan((400 * nodes.length) / 32)
  })

  test('takes no name for evaluated that only an exclusion lists', () => {
    const writer = { type: 'object', not: { required: ['a'], properties: { a: { type: 'string' } } } }
    const reader = { type: 'object', properties: { a: false } }
    const closed = { ...writer, unevaluatedProperties: false }
    expect(compareSchemas(closed, reader, { strict: true }).verdict).toBe('compatible')
    const open = { ...writer, anyOf: [{ properties: { a: {} } }, {}], unevaluatedProperties: false }
    expect(compareSchemas(open, reader, { strict: true }).verdict).not.toBe('compatible')
  })
})
