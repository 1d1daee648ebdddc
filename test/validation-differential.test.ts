import * as contexts from '@keelson/contexts'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonObject, JsonValue } from 'keelson'
import { createValidator, isJsonObject, KeelsonError, sampleValues } from 'keelson'
import { expect, test } from 'vitest'
import { inLongRun } from '../engine/test-support/long-run.ts'

/**
 * Every schema of the contexts, judged by the validator that publishes and by Ajv, over generated values and over what
 * becomes of them with one thing changed.
 */
const definitions = Object.values(contexts).flatMap(({ events, commands = [] }) => [...events, ...commands])
const samples = inLongRun(6, 3)
const changesPerValue = 25

function judges(schema: JsonObject) {
  const ajv = new Ajv2020({ strict: false, ownProperties: true })
  addFormats.default(ajv, { mode: 'full' })
  const other = ajv.compile(schema)
  const validate = createValidator(schema)
  const ours = (value: JsonValue): boolean => {
    try {
      validate(value)
      return true
    } catch (error) {
      if (error instanceof KeelsonError && error.code === 'payload_invalid') return false
      throw error
    }
  }
  return { ours, theirs: (value: JsonValue): boolean => other(value) }
}

/** The same numbers each time (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Every bound that the schema sets, one less and one more. */
function boundsIn(schema: JsonValue): number[] {
  const found = new Set([0, 1])
  JSON.stringify(schema, (_, value: unknown) => {
    if (typeof value === 'number' && Math.abs(value) < 5_000)
      for (const near of [value - 1, value, value + 1]) found.add(near)
    return value
  })
  return [...found]
}

const wrong: readonly JsonValue[] = [null, true, '', 'x', -1, 0, -0, 1.5, [], {}, [null], { toString: 1 }]

/** One change somewhere in the value: a part left out, put in twice, replaced, or brought to a bound. */
function changed(value: JsonValue, random: (below: number) => number, bounds: readonly number[]): JsonValue {
  const goesDeeper = typeof value === 'object' && value !== null && random(3) > 0
  if (Array.isArray(value)) {
    if (goesDeeper && value.length > 0) {
      const at = random(value.length)
      return value.with(at, changed(value[at] as JsonValue, random, bounds))
    }
    const length = Math.max(0, bounds[random(bounds.length)] as number)
    return Array.from({ length: Math.min(length, 200) }, (_, at) => value[at % (value.length || 1)] ?? at)
  }
  if (isJsonObject(value)) return changedObject(value, random, bounds, goesDeeper)
  const kind = random(3)
  const bound = bounds[random(bounds.length)] as number
  if (kind === 0) return wrong[random(wrong.length)] as JsonValue
  if (typeof value === 'string')
    return kind === 1 ? value.slice(0, -1) : `${value}é😀`.padEnd(Math.abs(bound), value || 'a')
  return typeof value === 'number' ? (kind === 1 ? bound : value + bound / 2) : !value
}

function changedObject(
  value: JsonObject,
  random: (below: number) => number,
  bounds: readonly number[],
  goesDeeper: boolean,
): JsonValue {
  const names = Object.keys(value)
  const name = names[random(names.length || 1)]
  if (name === undefined || (!goesDeeper && random(3) === 0)) return { ...value, unknown: 1 }
  if (goesDeeper) return { ...value, [name]: changed(value[name] as JsonValue, random, bounds) }
  const { [name]: _, ...rest } = value
  return random(2) === 0 ? rest : { ...value, [`${name}2`]: value[name] as JsonValue }
}

test.each(definitions.map(({ type, payload }) => [type, payload] as const))('%s', (_, payload) => {
  const schema: JsonObject = JSON.parse(JSON.stringify(payload))
  const { ours, theirs } = judges(schema)
  const bounds = boundsIn(schema)
  const random = randomOf(7)
  const valid = sampleValues(schema, { count: samples, seed: 7 })
  expect(valid.length).toBeGreaterThan(0)
  const values = valid.flatMap(value => [
    value,
    ...Array.from({ length: changesPerValue }, () => changed(value, random, bounds)),
  ])
  const disagreed = values.filter(value => ours(value) !== theirs(value))
  expect(disagreed).toEqual([])
  expect(values.some(value => !theirs(value))).toBe(true)
})

test.each<[string, JsonObject, JsonValue, { ours: boolean; theirs: boolean }]>([
  ['multiples of a fraction', { multipleOf: 0.01 }, 19.99, { ours: true, theirs: false }],
  ['an e-mail address at a host without a dot', { format: 'email' }, 'a@b', { ours: true, theirs: false }],
])('known to differ: %s', (_, schema, value, verdict) => {
  const { ours, theirs } = judges(schema)
  expect({ ours: ours(value), theirs: theirs(value) }).toEqual(verdict)
})
