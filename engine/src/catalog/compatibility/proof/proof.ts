import type { JsonValue } from '../../../core/index.ts'
import type { Evaluation } from '../evaluate/evaluate.ts'
import type { Facts, Given } from '../given/given.ts'
import type { MemberTools } from '../given/member.ts'
import type { Generator } from '../sample/generate.ts'
import type { SchemaNode, ValueKind } from '../schema/node.ts'
import type { SameNode } from '../schema/same.ts'
import type { MadeNodes } from './made-nodes.ts'

/**
 * Whether everything that the given schemas accept is accepted by the goal. Without a proof come values that may
 * refute it; they are to be checked.
 */
export type Proof =
  | { readonly isProved: true }
  | { readonly isProved: false; readonly witnesses: readonly JsonValue[] }

export const proved: Proof = { isProved: true }
export const unproved: Proof = { isProved: false, witnesses: [] }

const maxWitnesses = 24

export function refuted(witnesses: readonly JsonValue[]): Proof {
  return { isProved: false, witnesses: witnesses.slice(0, maxWitnesses) }
}

/** Why a place could not be decided. */
export interface Obstacle {
  readonly node: SchemaNode
  readonly reason: string
}

/** The one proof that is under way, with all that its parts share. */
export interface ProofSession {
  /** `isInner` says that the value is a part of the one that the caller reasons about. */
  prove(known: Given, goal: SchemaNode, isInner: boolean): Proof
  readonly made: MadeNodes
  readonly same: SameNode
  readonly evaluation: Evaluation
  readonly generator: Generator
  readonly members: MemberTools
  /** Works on witnesses under a budget of their own, so that looking for them never costs a proof. */
  attempt<T>(find: (evaluation: Evaluation) => readonly T[]): readonly T[]
  /** A text that matches the pattern, if one can be made. */
  sampleMatch(pattern: string): string | undefined
  noteObstacle(obstacle: Obstacle): void
}

/** Proves one part of a goal from what is known of a value of one of the kinds. */
export type ProvePart = (session: ProofSession, facts: Facts, goal: SchemaNode, kind: ValueKind) => Proof

/** All of the proofs must hold; the first that fails with witnesses ends the search. */
export function proveAll<T>(items: Iterable<T>, prove: (item: T) => Proof): Proof {
  let isProved = true
  for (const item of items) {
    const proof = prove(item)
    if (proof.isProved) continue
    if (proof.witnesses.length > 0) return proof
    isProved = false
  }
  return isProved ? proved : unproved
}

/** Where a proof failed without a witness, any value that is known to be there may be one. */
export function orSamples({ generator }: ProofSession, known: Given, proof: Proof): Proof {
  if (proof.isProved || proof.witnesses.length > 0) return proof
  return refuted([generator.value(known), generator.value(known)].filter(value => value !== undefined))
}

/** Rebuilds each witness of a part into a witness of the whole. */
export function wrapWitnesses(proof: Proof, wrap: (value: JsonValue) => JsonValue | undefined): Proof {
  if (proof.isProved) return proof
  return refuted(
    proof.witnesses.flatMap(value => {
      const whole = wrap(value)
      return whole === undefined ? [] : [whole]
    }),
  )
}
