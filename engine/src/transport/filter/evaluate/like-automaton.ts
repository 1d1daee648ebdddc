import type { LikeStep } from '../syntax/like-steps.ts'

/** Bits of a word; the sign bit is one of them. */
const wordSize = 32

interface Automaton {
  readonly words: number
  /** For each character of the pattern the states that it leads to. */
  readonly byCharacter: ReadonlyMap<number, Int32Array>
  /** The states that every other character leads to. */
  readonly byOthers: Int32Array
  /** The states that any character leads back to. */
  readonly loops: Int32Array
  readonly last: number
}

/**
 * A matcher that holds the set of all places in the pattern that the text so far can have led to, one bit each, and
 * moves them all at once (the bit-parallel simulation of a nondeterministic automaton, Baeza-Yates and Gonnet, 1992).
 * Each character of the text costs one step for every 32 of the pattern.
 */
export function createAutomaton(steps: readonly LikeStep[]): (text: string) => boolean {
  const automaton = build(steps)
  const { words, byCharacter, byOthers, last } = automaton
  return text => {
    const states = new Int32Array(words)
    states[0] = 1
    for (let at = 0; at < text.length; at += 1) {
      const character = text.codePointAt(at) as number
      if (character > 0xffff) at += 1
      if (!advance(states, byCharacter.get(character) ?? byOthers, automaton)) return false
    }
    return isSet(states, last)
  }
}

/** Moves every state over one character; false when none is left. */
function advance(states: Int32Array, entered: Int32Array, { words, loops }: Automaton): boolean {
  let carry = 0
  let left = 0
  for (let word = 0; word < words; word += 1) {
    const before = states[word] as number
    const moved = ((before << 1) | carry) & (entered[word] as number)
    carry = before >>> (wordSize - 1)
    const after = moved | (before & (loops[word] as number))
    states[word] = after
    left |= after
  }
  return left !== 0
}

function build(steps: readonly LikeStep[]): Automaton {
  const single = steps.filter(step => step !== 'any')
  const words = Math.floor(single.length / wordSize) + 1
  const [loops, byOthers] = [new Int32Array(words), new Int32Array(words)]
  const byCharacter = new Map<number, Int32Array>()
  let state = 0
  for (const step of steps) {
    if (step === 'any') set(loops, state)
    else {
      state += 1
      if (step === 'one') set(byOthers, state)
    }
  }
  for (const step of single)
    if (typeof step === 'number' && !byCharacter.has(step)) byCharacter.set(step, byOthers.slice())
  for (const [at, step] of single.entries())
    if (typeof step === 'number') set(byCharacter.get(step) as Int32Array, at + 1)
  return { words, byCharacter, byOthers, loops, last: state }
}

function set(bits: Int32Array, at: number): void {
  const word = Math.floor(at / wordSize)
  bits[word] = (bits[word] as number) | (1 << (at % wordSize))
}

function isSet(bits: Int32Array, at: number): boolean {
  return ((bits[Math.floor(at / wordSize)] as number) & (1 << (at % wordSize))) !== 0
}
