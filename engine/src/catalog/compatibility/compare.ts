import type { Budget } from './budget.ts'
import { createBudget, withinBudget } from './budget.ts'
import type { Comparison, Pair } from './comparison.ts'
import { findCounterExample } from './counter-example.ts'
import { describeDifferences } from './describe.ts'
import type { Evaluation } from './evaluate/evaluate.ts'
import { given } from './given/given.ts'
import type { PatternTest } from './pattern/pattern-test.ts'
import { createPatternTest } from './pattern/pattern-test.ts'
import { createMadeNodes } from './proof/made-nodes.ts'
import type { Proof } from './proof/proof.ts'
import { proved } from './proof/proof.ts'
import type { Prover } from './proof/prove.ts'
import { createProver } from './proof/prove.ts'
import { createGenerator } from './sample/generate.ts'
import { createRandom } from './sample/random.ts'
import { sampleMatch } from './sample/text.ts'
import type { Schema } from './schema/node.ts'
import { createNodeIds } from './schema/node.ts'
import type { SchemaDocument } from './schema/read-schema.ts'
import { readSchema } from './schema/read-schema.ts'
import { createSameNode } from './schema/same.ts'
import { closedView } from './view/closed-view.ts'
import { openView } from './view/open-view.ts'
import { withDefaults } from './view/with-defaults.ts'

export interface CompareOptions {
  /** Compares the schemas exactly as written. By default the writer is taken closed and the reader open. */
  readonly strict?: boolean
  /** The reader fills in defaults before it validates. */
  readonly appliesDefaults?: boolean
  /** How much work a comparison may be; 50,000 steps by default. */
  readonly maxSteps?: number
  /** Which of the two came first: it gives the differences their direction. The writer by default. */
  readonly older?: 'writer' | 'reader'
}

const defaultSteps = 50_000
const stepsForWitnesses = 50_000
const maxBuilt = 20_000

/**
 * Whether every value that the writer's schema accepts is accepted by the reader's. Throws `schema_invalid` for a
 * schema that is not well formed, refers outside of itself, or is too large.
 */
export function compareSchemas(writer: Schema, reader: Schema, options: CompareOptions = {}): Comparison {
  return compareWith(createPatternTest(), writer, reader, options)
}

/** Compares with what is known of patterns already: to judge one takes time and memory. */
export function compareWith(
  patternTest: PatternTest,
  writer: Schema,
  reader: Schema,
  options: CompareOptions,
): Comparison {
  const budget = createBudget(options.maxSteps ?? defaultSteps)
  const ids = createNodeIds()
  const read = (schema: Schema) => readSchema(schema, ids)
  const plain = { writer: read(writer), reader: read(reader) }
  if (plain.writer.text === plain.reader.text) return { verdict: 'compatible', differences: [], steps: 0 }
  const pair: Pair = { ...plain, ...readViews(plain, options, read) }
  const session = createSession(ids, budget, patternTest)
  // What both sides say in the same form needs no proof, whatever it says: views only narrow and widen.
  const isSame = session.same(plain.writer.root, plain.reader.root)
  const proof = isSame
    ? proved
    : withinBudget(() => session.prove(given(pair.writerView.root), pair.readerView.root, false))
  return conclude({ pair, session, budget, isQuick: patternTest.isQuick, options }, proof)
}

function readViews(
  { writer, reader }: Pick<Pair, 'writer' | 'reader'>,
  options: CompareOptions,
  read: (schema: Schema) => SchemaDocument,
): Pick<Pair, 'writerView' | 'readerView'> {
  const closed = options.strict ? writer.schema : closedView(writer.schema)
  const open = options.strict ? reader.schema : openView(reader.schema)
  return { writerView: read(closed), readerView: read(options.appliesDefaults ? withDefaults(open) : open) }
}

function createSession(ids: () => number, budget: Budget, { matches }: PatternTest): Prover {
  const random = createRandom(1)
  const tries = createBudget(stepsForWitnesses)
  let built = 0
  const build = (cost: number): boolean => {
    built += cost
    return built <= maxBuilt
  }
  // Every match of a pattern counts, for an object may have many names to hold against many patterns.
  const counted = (step: () => void): Evaluation => ({
    step,
    matches: (pattern, text) => {
      step()
      return matches(pattern, text)
    },
  })
  const freely: PatternTest['matches'] = (pattern, text) => (build(0.1) ? matches(pattern, text) : undefined)
  return createProver({
    made: createMadeNodes(ids),
    attempt: find => withinBudget(() => find(counted(tries.step))) ?? [],
    endSearch() {
      built = maxBuilt
      tries.grant(0)
    },
    same: createSameNode(),
    evaluation: counted(budget.step),
    generator: createGenerator({ matches: freely, random, mayBuild: () => build(1) }),
    sampleMatch: pattern => sampleMatch(pattern, random),
  })
}

interface Work {
  readonly pair: Pair
  readonly session: Prover
  readonly budget: Budget
  readonly isQuick: (pattern: string) => boolean
  readonly options: CompareOptions
}

/** `proof` is undefined where the steps were spent before it ended. */
function conclude({ pair, session, budget, isQuick, options }: Work, proof: Proof | undefined): Comparison {
  const steps = Math.min(budget.used, options.maxSteps ?? defaultSteps)
  const base = { pair, session, budget, isWriterOlder: options.older !== 'reader' }
  if (proof?.isProved) {
    const differences = describeDifferences({ ...base, verdict: 'compatible' })
    return { verdict: 'compatible', differences, steps }
  }
  const tools = { generator: session.generator, evaluation: session.evaluation, budget, isQuick }
  const found = findCounterExample(pair, tools, proof?.witnesses ?? [])
  const verdict = found === undefined ? 'unproven' : 'incompatible'
  const differences = describeDifferences({
    ...base,
    verdict,
    isSpent: proof === undefined,
    ...(found === undefined ? {} : { faults: found.faults }),
  })
  return { verdict, differences, ...(found === undefined ? {} : { counterExample: found }), steps }
}
