import { cosignedAt } from './cosignature.ts'
import type { VerifierKey } from './note-key.ts'
import { isKeyName, parseVerifierKey, verifierKeyText } from './note-key.ts'
import type { Note } from './signed-note.ts'
import { isSignedBy } from './signed-note.ts'

/** Some of a policy's witnesses and groups, of which `needed` are to have signed. */
export interface WitnessGroup {
  readonly name: string
  readonly needed: number
  readonly members: readonly string[]
}

/** Whose signatures a checkpoint needs (C2SP tlog-policy). */
export interface LogPolicy {
  readonly logs: readonly VerifierKey[]
  /** By the name that the policy gives them, which need not be their key's. */
  readonly witnesses: ReadonlyMap<string, VerifierKey>
  readonly groups: ReadonlyMap<string, WitnessGroup>
  /** A witness or a group; undefined where none is asked for. */
  readonly quorum: string | undefined
}

const longestPolicy = 100_000

/** @throws TypeError naming the line that is wrong. */
export function parsePolicy(text: string): LogPolicy {
  if (text.length > longestPolicy) throw new TypeError('The policy is too long')
  const found = { logs: [] as VerifierKey[], witnesses: new Map(), groups: new Map(), quorum: '' }
  for (const [at, line] of text.split('\n').entries()) {
    const [word = '', ...rest] = line.trim().split(/\s+/)
    if (word === '' || word.startsWith('#')) continue
    try {
      readLine(found, word, rest)
    } catch (error) {
      throw new TypeError(`Line ${at + 1} of the policy: ${error instanceof Error ? error.message : error}`)
    }
  }
  if (found.quorum === '') throw new TypeError('The policy names no quorum')
  if (found.logs.length === 0) throw new TypeError('The policy has no key of a log')
  return { ...found, quorum: found.quorum === 'none' ? undefined : found.quorum }
}

interface Found {
  readonly logs: VerifierKey[]
  readonly witnesses: Map<string, VerifierKey>
  readonly groups: Map<string, WitnessGroup>
  quorum: string
}

function readLine(found: Found, word: string, rest: readonly string[]): void {
  const [first = '', second = '', ...others] = rest
  const isKnown = (name: string) => found.witnesses.has(name) || found.groups.has(name)
  const isNew = isKeyName(first) && first !== 'none' && !isKnown(first)
  if (word === 'log' && first !== '') {
    found.logs.push(ofKind(parseVerifierKey(first), 'author'))
  } else if (word === 'witness' && isNew) {
    found.witnesses.set(first, ofKind(parseVerifierKey(second), 'witness'))
  } else if (word === 'group' && isNew && others.length > 0) {
    const needed = second === 'any' ? 1 : second === 'all' ? others.length : Number(second)
    const isFit = Number.isSafeInteger(needed) && needed >= 1 && needed <= others.length
    if (!isFit || !others.every(isKnown) || new Set(others).size < others.length)
      throw new TypeError('the group asks for members that are not there')
    found.groups.set(first, { name: first, needed, members: others })
  } else if (word === 'quorum' && rest.length === 1 && found.quorum === '') {
    if (first !== 'none' && !isKnown(first)) throw new TypeError(`nobody is called "${first.slice(0, 50)}"`)
    found.quorum = first
  } else throw new TypeError(`"${word.slice(0, 20)}" is not to be understood here`)
}

function ofKind(key: VerifierKey, kind: VerifierKey['kind']): VerifierKey {
  if (key.kind !== kind) throw new TypeError(`the key of ${key.name} is none of a ${kind}`)
  return key
}

export function policyText({ logs, witnesses, groups, quorum }: LogPolicy): string {
  const lines = [
    ...logs.map(key => `log ${verifierKeyText(key)}`),
    ...[...witnesses].map(([name, key]) => `witness ${name} ${verifierKeyText(key)}`),
    ...[...groups.values()].map(
      ({ name, needed, members }) => `group ${name} ${needed} ${members.join(' ')}`,
    ),
    `quorum ${quorum ?? 'none'}`,
  ]
  return `${lines.join('\n')}\n`
}

/** The key of a log by which the note is signed under its own name; undefined where there is none. */
export const signingLog = (note: Note, { logs }: LogPolicy): VerifierKey | undefined =>
  logs.find(key => isSignedBy(note, key))

/** Names of the policy's witnesses that have signed the checkpoint. */
export const witnessesOf = (note: Note, { witnesses }: LogPolicy): readonly string[] =>
  [...witnesses].flatMap(([name, key]) => (cosignedAt(note, key) === undefined ? [] : name))

/** Whether as many witnesses have signed as the policy asks for. */
export function hasQuorum(note: Note, policy: LogPolicy): boolean {
  const { quorum, groups } = policy
  if (quorum === undefined) return true
  const signed = new Set(witnessesOf(note, policy))
  // Groups name only what stands before them, so this ends.
  const holds = (name: string): boolean => {
    const group = groups.get(name)
    if (group === undefined) return signed.has(name)
    return group.members.filter(holds).length >= group.needed
  }
  return holds(quorum)
}
