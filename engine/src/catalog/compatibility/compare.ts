import type { Budget } from './budget.ts'
import { createBudget, withinBudget } from './budget.ts'
import type { Comparison, Pair } from './comparison.ts'
import { findCounterExample } from './counter-example.ts'
import { describeDifferences } from './describe.ts'
import type { Evaluation } from './evaluate/evaluate.ts'
import { createFindEvaluable } from './given/evaluable.ts'
import { given } from './given/given.ts'
import type { Material } from './material.ts'
import { readMaterial } from './material.ts'
import type { PatternTest } from './pattern/pattern-test.ts'
import { createPatternTest } from './pattern/pattern-test.ts'
import type { MadeNodes } from './proof/made-nodes.ts'
import { createMadeNodes } from './proof/made-nodes.ts'
import type { Proof } from './proof/proof.ts'
import { proved } from './proof/proof.ts'
import type { Prover } from './proof/prove.ts'
import { createProver } from './proof/prove.ts'
import { createGenerator } from './sample/generate.ts'
import { createRandom } from './sample/random.ts'
import { sampleMatch } from './sample/text.ts'
import type { Canonical } from './schema/canonical.ts'
import { createCanonical } from './schema/canonical.ts'
import type { NodeIds, Schema } from './schema/node.ts'
import { createNodeIds } from './schema/node.ts'
import { createSameNode } from './schema/same.ts'

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

/** What is done beside the proof, each for one of its steps. */
const shares = { witnesses: 1, built: 0.4, search: 2, differences: 0.4 }

/** What comparisons of the same two schemas share. */
export interface Workshop {
  readonly patternTest: PatternTest
  readonly made: MadeNodes
  readonly canonical: Canonical
}

export function createWorkshop(patternTest: PatternTest, ids: NodeIds): Workshop {
  return { patternTest, made: createMadeNodes(ids), canonical: createCanonical() }
}

/**
 * Whether every value that the writer's schema accepts is accepted by the reader's. Throws `schema_invalid` for a
 * schema that is not well formed, refers outside of itself, or is too large.
 */
export function compareSchemas(writer: Schema, reader: Schema, options: CompareOptions = {}): Comparison {
  const ids = createNodeIds()
  const read = (schema: Schema) => readMaterial(schema, ids, options)
  return compareWith(createWorkshop(createPatternTest(), ids), read(writer), read(reader), options)
}

/** Compares what was read before: to read schemas and to judge patterns takes time and memory. */
export function compareWith(
  workshop: Workshop,
  writer: Material,
  reader: Material,
  options: CompareOptions,
): Comparison {
  if (writer.text() === reader.text()) return { verdict: 'compatible', differences: [], steps: 0 }
  const pair: Pair = {
    writer: writer.plain,
    reader: reader.plain,
    writerView: writer.asWriter(),
    readerView: reader.asReader(),
  }
  const maxSteps = options.maxSteps ?? defaultSteps
  const budget = createBudget(maxSteps)
  const session = createSession(workshop, budget, maxSteps)
  // What both sides say in the same form needs no proof, whatever it says: views only narrow and widen.
  const isSame = session.same(pair.writer.root, pair.reader.root)
  const proof = isSame
    ? proved
    : withinBudget(() => session.prove(given(pair.writerView.root), pair.readerView.root, false))
  return conclude({ pair, session, budget, maxSteps, isQuick: workshop.patternTest.isQuick, options }, proof)
}

function createSession({ patternTest, made, canonical }: Workshop, budget: Budget, maxSteps: number): Prover {
  const { matches } = patternTest
  const random = createRandom(1)
  const tries = createBudget(maxSteps * shares.witnesses)
  let left = maxSteps * shares.built
  const build = (cost: number): boolean => {
    left -= cost
    return left >= 0
  }
  // Every match of a pattern counts, for an object may have many names to hold against many patterns.
  const counted = (step: Budget['step']): Evaluation => ({
    step,
    matches: (pattern, text) => {
      step()
      return matches(pattern, text)
    },
  })
  const freely: PatternTest['matches'] = (pattern, text) => (build(0.1) ? matches(pattern, text) : undefined)
  const evaluation = counted(budget.step)
  return createProver({
    made,
    canonical,
    attempt: find => withinBudget(() => find(counted(tries.step))) ?? [],
    endSearch() {
      left = 0
      tries.grant(0)
    },
    same: createSameNode(),
    evaluation,
    members: { ...evaluation, evaluable: createFindEvaluable(() => budget.step(1 / 8)) },
    generator: createGenerator({ matches: freely, random, mayBuild: build }),
    sampleMatch: pattern => sampleMatch(pattern, random),
  })
}

interface Work {
  readonly pair: Pair
  readonly session: Prover
  readonly budget: Budget
  readonly maxSteps: number
  readonly isQuick: (pattern: string) => boolean
  readonly options: CompareOptions
}

/** `proof` is undefined where the steps were spent before it ended. */
function conclude(work: Work, proof: Proof | undefined): Comparison {
  const { pair, session, budget, maxSteps, isQuick, options } = work
  const steps = Math.min(Math.ceil(budget.used), maxSteps)
  const maxJudging = maxSteps * shares.differences
  const base = { pair, session, budget, maxSteps: maxJudging, isWriterOlder: options.older !== 'reader' }
  if (proof?.isProved) {
    const differences = describeDifferences({ ...base, verdict: 'compatible' })
    return { verdict: 'compatible', differences, steps }
  }
  const { generator, evaluation } = session
  const tools = { generator, evaluation, budget, maxSteps: maxSteps * shares.search, isQuick }
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
