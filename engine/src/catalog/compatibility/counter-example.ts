import type { FieldFault, JsonValue } from '../../core/index.ts'
import type { Budget } from './budget.ts'
import { withinBudget } from './budget.ts'
import type { CompiledSchema } from './check.ts'
import { compileLate } from './check.ts'
import type { Evaluation } from './evaluate/evaluate.ts'
import { evaluate } from './evaluate/evaluate.ts'
import { given } from './given/given.ts'
import type { Generator } from './sample/generate.ts'
import type { SchemaNode } from './schema/node.ts'
import type { SchemaDocument } from './schema/read-schema.ts'

export interface CounterExample {
  readonly value: JsonValue
  readonly faults: readonly FieldFault[]
}

/** What a search may use. */
export interface SearchTools {
  readonly generator: Generator
  readonly evaluation: Evaluation
  readonly budget: Budget
  /** How much work the search may be. */
  readonly maxSteps: number
  isQuick(pattern: string): boolean
}

interface Views {
  readonly writerView: SchemaDocument
  readonly readerView: SchemaDocument
}

const samples = 200
const stepsPerValue = 5000

/**
 * Looks for a value that the writer accepts and the reader refuses, by running both compiled schemas: first among
 * the witnesses of the proof that failed, of which the shortest serves best, then among samples of the writer.
 */
export function findCounterExample(
  { writerView, readerView }: Views,
  tools: SearchTools,
  witnesses: readonly JsonValue[],
): CounterExample | undefined {
  const isQuick = [...writerView.patterns, ...readerView.patterns].every(tools.isQuick)
  const writer = compileLate(writerView.schema, isQuick)
  const reader = compileLate(readerView.schema, isQuick)
  if (writer === undefined || reader === undefined) return undefined
  const isCheap = createCostGuard([writerView.root, readerView.root], tools)
  const refutes = (value: JsonValue | undefined): value is JsonValue =>
    value !== undefined && isCheap(value) && writer.accepts(value) && !reader.accepts(value)
  const known = given(writerView.root)
  let found = byLength(witnesses).find(refutes)
  for (let sample = 0; found === undefined && sample < samples; sample += 1) {
    const value = tools.generator.value(known)
    if (refutes(value)) found = value
  }
  return found === undefined ? undefined : { value: found, faults: faultsOf(reader, found) }
}

/**
 * Says whether a value is quickly judged. Where branches and values are nested, a validator may have to try every
 * way through them, so the same is first done under a budget.
 */
function createCostGuard(
  roots: readonly SchemaNode[],
  { evaluation, budget, maxSteps }: SearchTools,
): (value: JsonValue) => boolean {
  const end = budget.used + maxSteps
  return value => {
    const left = end - budget.used
    if (left <= 0) return false
    budget.grant(Math.min(left, stepsPerValue))
    return withinBudget(() => roots.map(root => evaluate(root, value, evaluation))) !== undefined
  }
}

function byLength(values: readonly JsonValue[]): JsonValue[] {
  const measured = values.map(value => ({ value, length: JSON.stringify(value).length }))
  return measured.sort((a, b) => a.length - b.length).map(({ value }) => value)
}

function faultsOf(reader: CompiledSchema, value: JsonValue): FieldFault[] {
  const faults = reader.faults(value)
  return faults.length > 0 ? faults : [{ pointer: '', message: 'is refused' }]
}
