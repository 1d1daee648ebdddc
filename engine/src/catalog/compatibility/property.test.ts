import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inLongRun } from '../../../test-support/long-run.ts'
import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { compileSchema } from './check.ts'
import { compareSchemas } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { mutate, randomDocument, randomValue } from './fixtures/random-schema.ts'
import { checkCompatibility } from './modes.ts'
import { createRandom } from './sample/random.ts'
import { sampleValues } from './sample/sample-values.ts'
import type { Schema, SchemaObject } from './schema/node.ts'
import { closedView } from './view/closed-view.ts'
import { openView } from './view/open-view.ts'

interface Case {
  readonly writer: SchemaObject
  readonly reader: SchemaObject
  readonly values: readonly JsonValue[]
}

/** A schema, one derived from it or one of its own, and values that have to do with both. */
const cases = fc.tuple(fc.nat(), fc.constantFrom(0.03, 0.1, 0.25, 1)).map(([seed, share]): Case => {
  const random = createRandom(seed)
  const writer = randomDocument(random)
  const reader = share === 1 ? randomDocument(random) : (mutate(writer, random, share) as SchemaObject)
  const values = Array.from({ length: 25 }, () => randomValue(random))
  return { writer, reader, values: [...values, ...samplesOf(writer, seed), ...samplesOf(reader, seed)] }
})

/** Mutations may leave a schema that refers to itself without end; those say nothing. */
function unlessInvalid<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'schema_invalid') return undefined
    throw error
  }
}

function samplesOf(schema: Schema, seed: number): JsonValue[] {
  return unlessInvalid(() => sampleValues(schema, { count: 10, seed })) ?? []
}

function accepts(schema: Schema): (value: JsonValue) => boolean {
  const compiled = compileSchema(schema, true)
  expect(compiled).toBeDefined()
  return value => compiled?.accepts(value) ?? false
}

function expectSound(found: Comparison, writer: Schema, reader: Schema, values: readonly JsonValue[]): void {
  const [written, read] = [accepts(writer), accepts(reader)]
  const { verdict, counterExample, differences } = found
  expect(counterExample !== undefined).toBe(verdict === 'incompatible')
  if (counterExample !== undefined)
    expect([written(counterExample.value), read(counterExample.value)]).toEqual([true, false])
  expect(differences.some(({ isBreaking }) => isBreaking)).toBe(verdict !== 'compatible')
  if (verdict === 'compatible') expect(values.filter(value => written(value) && !read(value))).toEqual([])
}

/** The other validator refuses an `enum` of nothing, which means `false`. */
function hasEmptyEnum(schema: Schema): boolean {
  return JSON.stringify(schema).includes('"enum":[]')
}

const runs = { numRuns: inLongRun(1_000, 300) }

describe('comparisons of random schemas', () => {
  test('are sound as written', { timeout: 120_000 }, () => {
    const tally = { compatible: 0, incompatible: 0, unproven: 0 }
    fc.assert(
      fc.property(cases, ({ writer, reader, values }) => {
        const found = unlessInvalid(() => compareSchemas(writer, reader, { strict: true }))
        if (found === undefined) return
        tally[found.verdict] += 1
        expectSound(found, writer, reader, values)
      }),
      runs,
    )
    expect(tally.compatible).toBeGreaterThan(runs.numRuns * 0.15)
    expect(tally.incompatible).toBeGreaterThan(runs.numRuns * 0.05)
    // Few remain undecided, or the proofs would be worth little.
    expect(tally.unproven).toBeLessThan(runs.numRuns * 0.05)
  })

  test('are sound by the views, which only narrow the writer and widen the reader', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(cases, ({ writer, reader, values }) => {
        const found = unlessInvalid(() => compareSchemas(writer, reader))
        if (found === undefined) return
        const [closed, open] = [closedView(writer), openView(reader)]
        expectSound(found, closed, open, values)
        const [isClosed, isWritten] = [accepts(closed), accepts(writer)]
        const [isOpen, isRead] = [accepts(open), accepts(reader)]
        expect(values.filter(value => isClosed(value) && !isWritten(value))).toEqual([])
        expect(values.filter(value => isRead(value) && !isOpen(value))).toEqual([])
      }),
      runs,
    )
  })

  test('are sound to another validator', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(cases, ({ writer, reader, values }) => {
        const found = unlessInvalid(() => compareSchemas(writer, reader, { strict: true }))
        if (found?.verdict !== 'compatible' || hasEmptyEnum(writer) || hasEmptyEnum(reader)) return
        const ajv = new Ajv2020({ strict: false, validateFormats: false, ownProperties: true })
        const [written, read] = [ajv.compile(writer), ajv.compile(reader)]
        // Formats are not asserted here, so values that only a format tells apart are left out.
        const isWritten = accepts(writer)
        expect(values.filter(value => isWritten(value) && written(value) && !read(value))).toEqual([])
      }),
      { numRuns: inLongRun(100, 50) },
    )
  })

  test('find every schema compatible with itself, and with what says the same in another order', () => {
    fc.assert(
      fc.property(cases, ({ writer }) => {
        const turned = Object.fromEntries(Object.entries({ ...writer, title: 'again' }).reverse())
        for (const strict of [true, false]) {
          const found = unlessInvalid(() => compareSchemas(writer, turned, { strict }))
          if (found !== undefined) expect(found.verdict).toBe('compatible')
        }
      }),
      { numRuns: inLongRun(400, 150) },
    )
  })

  test('make full the same as backward and forward', () => {
    fc.assert(
      fc.property(cases, ({ writer, reader }) => {
        const check = (mode: 'backward' | 'forward' | 'full') =>
          unlessInvalid(() => checkCompatibility([writer], reader, { mode }).isCompatible)
        expect(check('full')).toBe(check('backward') && check('forward'))
      }),
      { numRuns: 100 },
    )
  })
})
