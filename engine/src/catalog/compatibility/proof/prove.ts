import type { JsonValue } from '../../../core/index.ts'
import type { Evaluation } from '../evaluate/evaluate.ts'
import type { Facts, Given } from '../given/given.ts'
import { unfold } from '../given/given.ts'
import type { MemberTools } from '../given/member.ts'
import type { Generator } from '../sample/generate.ts'
import type { Canonical } from '../schema/canonical.ts'
import type { SchemaNode } from '../schema/node.ts'
import { isAnything, referenceTarget } from '../schema/node.ts'
import type { SameNode } from '../schema/same.ts'
import type { MadeNodes } from './made-nodes.ts'
import { provePart, proveSame } from './part/prove-part.ts'
import { partNames, partOf } from './parts.ts'
import type { Obstacle, Proof, ProofSession } from './proof.ts'
import { proveAll, proved, unproved } from './proof.ts'
import { proveByCases } from './prove-by-cases.ts'

export interface ProverTools {
  readonly made: MadeNodes
  readonly canonical: Canonical
  readonly same: SameNode
  readonly evaluation: Evaluation
  readonly generator: Generator
  readonly members: MemberTools
  attempt: ProofSession['attempt']
  /** From here on proofs are sought without witnesses, which nobody needs any more. */
  endSearch(): void
  sampleMatch(pattern: string): string | undefined
}

export interface Prover extends ProofSession {
  endSearch(): void
  /** Places that could neither be proved nor refuted where they stand. */
  readonly obstacles: readonly Obstacle[]
}

/** A sequent whose proof is under way: to meet it again further inside the value is to have proved it. */
interface Open {
  readonly index: number
  readonly level: number
}

const maxNesting = 250
const few = 4
const maxObstacles = 50

/**
 * Proves sequents "what all these schemas accept, that schema accepts" by recursion over their structure.
 *
 * Recursive schemas are proved by induction over the size of the value: a sequent that is met again further inside
 * the value counts as proved while its own proof goes on. What was concluded from it is kept only if that proof
 * succeeds; where it fails, everything that leaned on it is forgotten.
 */
export function createProver(tools: ProverTools): Prover {
  const { canonical } = tools
  const settled = new Map<string, Proof>()
  const leaning = new Map<string, number>()
  const trail: string[] = []
  const open = new Map<string, Open>()
  const obstacles: Obstacle[] = []
  let level = 0
  /** The outermost open sequent that the proof under way has leaned on. */
  let lowest = Infinity

  function prove(known: Given, wanted: SchemaNode, isInner: boolean): Proof {
    tools.evaluation.step(1 + known.nodes.length / 32)
    const goal = referenceTarget(wanted)
    if (isAnything(goal) || isSaid(known, goal)) return proved
    const key = keyOf(known, goal, canonical)
    const before = settled.get(key) ?? recall(key)
    if (before !== undefined) return before
    level += isInner ? 1 : 0
    const proof = meet(key) ?? conclude(key, known, goal)
    level -= isInner ? 1 : 0
    return proof
  }

  /** Much of what is compared is the same on both sides, and shows it without further work. */
  function isSaid({ nodes }: Given, goal: SchemaNode): boolean {
    return nodes.length <= few && nodes.some(node => tools.same(node, goal))
  }

  function recall(key: string): Proof | undefined {
    const low = leaning.get(key)
    if (low === undefined) return undefined
    lowest = Math.min(lowest, low)
    return proved
  }

  /** Meets an open sequent again, or one that is nested too deeply to go on. */
  function meet(key: string): Proof | undefined {
    const met = open.get(key)
    if (met === undefined) return open.size >= maxNesting ? unproved : undefined
    if (met.level >= level) return unproved
    lowest = Math.min(lowest, met.index)
    return proved
  }

  function conclude(key: string, known: Given, goal: SchemaNode): Proof {
    const [outer, start, index] = [lowest, trail.length, open.size]
    lowest = Infinity
    open.set(key, { index, level })
    const facts = unfold(known)
    // Much that is known makes every step of its proof dearer.
    tools.evaluation.step(Math.max(0, facts.nodes.length - 8) / 8)
    const proof = attempt(session, facts, goal)
    open.delete(key)
    const own = lowest
    lowest = outer
    if (!proof.isProved || own >= index) settle(start, proof.isProved)
    if (!proof.isProved || own >= index) settled.set(key, proof)
    else {
      lowest = Math.min(outer, own)
      leaning.set(key, own)
      trail.push(key)
    }
    return proof
  }

  /** Ends the leaning of all that was concluded since: for good where the proof stands, forgotten where it fell. */
  function settle(start: number, isProved: boolean): void {
    for (const key of trail.splice(start)) {
      leaning.delete(key)
      if (isProved) settled.set(key, proved)
    }
  }

  const session: Prover = {
    ...tools,
    prove,
    obstacles,
    noteObstacle(obstacle) {
      if (obstacles.length < maxObstacles) obstacles.push(obstacle)
    },
  }
  return session
}

/** Sequents of the same form have the same key, wherever their schemas stand. */
function keyOf(known: Given, goal: SchemaNode, canonical: Canonical): string {
  const ids = (nodes: readonly SchemaNode[]) => {
    const found = new Set(nodes.map(node => canonical(node).id))
    return [...found].sort((a, b) => a - b)
  }
  return `${ids(known.nodes)}|${ids(known.denied)}|${canonical(goal).id}`
}

/** Proves a goal part by part; what does not prove at once is proved by cases. */
function attempt(session: ProofSession, facts: Facts, goal: SchemaNode): Proof {
  if (facts.nodes.some(node => node.isNever || session.same(node, goal))) return proved
  const parts = partNames(goal)
  const inner = [...(goal.list.allOf ?? []), ...(goal.one.ref === undefined ? [] : [goal.one.ref])]
  const [only] = parts
  if (parts.length === 1 && inner.length === 0 && only !== undefined && !only.startsWith('unevaluated'))
    return proveOne(session, facts, goal)
  return proveAll([...inner, ...parts.map(part => partOf(session.made, goal, part))], one =>
    session.prove(facts, one, false),
  )
}

function proveOne(session: ProofSession, facts: Facts, goal: SchemaNode): Proof {
  const isUnion = goal.list.anyOf !== undefined || goal.list.oneOf !== undefined
  // The cases of a union are told apart by its branches, so with cases open no branch is tried for all of them.
  const direct =
    isUnion && facts.choices.length > 0 ? proveSame(session, facts, goal) : provePart(session, facts, goal)
  if (direct.isProved) return proved
  const byCases = proveByCases(session, facts, goal)
  if (byCases.isProved) return proved
  const { nothing } = session.made
  if (goal !== nothing && !goal.isNever && session.prove(facts, nothing, false).isProved) return proved
  return { isProved: false, witnesses: mixed(byCases.witnesses, direct.witnesses) }
}

function mixed(a: readonly JsonValue[], b: readonly JsonValue[]): JsonValue[] {
  return [...new Set([...a, ...b])]
}
