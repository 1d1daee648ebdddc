import type { SchemaNode, SingleKeyword } from '../schema/node.ts'
import { referenceTarget } from '../schema/node.ts'
import { pointerToken } from '../schema/pointer.ts'
import { diffLocal } from './diff-local.ts'
import { diffUnion } from './diff-union.ts'
import type { Difference } from './difference.ts'
import type { Judge, Place, Report, Visit } from './report.ts'
import { maxDifferences, presence, report } from './report.ts'
import { show } from './words.ts'

const maxVisits = 20_000

/** Lists where two schemas differ, at most 500 differences, in the order of the newer one. */
export function diffSchemas(
  older: SchemaNode,
  newer: SchemaNode,
  judge: Judge,
  isSafe: boolean,
): Difference[] {
  const to: Report = { differences: [], judge }
  const seen = new Set<string>()
  const visit: Visit = place => {
    const pair = { ...place, older: referenceTarget(place.older), newer: referenceTarget(place.newer) }
    const key = `${pair.older.id} ${pair.newer.id}`
    if (seen.has(key) || seen.size > maxVisits || to.differences.length >= maxDifferences) return
    seen.add(key)
    diffLocal(to, pair)
    diffMembers(to, pair, visit)
    diffItems(to, pair, visit)
    diffOther(to, pair, visit)
    for (const keyword of ['anyOf', 'oneOf'] as const) diffUnion(to, pair, keyword, visit)
  }
  visit({ older, newer, instancePath: '', isSafe })
  return to.differences
}

function diffMembers(to: Report, place: Place, visit: Visit): void {
  const [before, after] = [place.older.map.properties, place.newer.map.properties]
  for (const name of new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])])) {
    const [older, newer] = [before?.get(name), after?.get(name)]
    const instancePath = `${place.instancePath}/${pointerToken(name)}`
    const isSafe = () => place.isSafe || to.judge.provesMember(place, name)
    if (older !== undefined && newer !== undefined) {
      if (!to.judge.same(older, newer) || older.notes.size + newer.notes.size > 0)
        visit({ older, newer, instancePath, isSafe: isSafe() })
      continue
    }
    const isRequired = (newer === undefined ? place.older : place.newer).required.includes(name)
    report(to, place, {
      keyword: 'properties',
      change: presence(older, newer),
      what: `the ${isRequired ? 'required' : 'optional'} member ${show(name)} was ${presence(older, newer)}`,
      refused: 'some values of it',
      pointer: `${(newer === undefined ? place.older : place.newer).pointer}/properties/${pointerToken(name)}`,
      instancePath,
      breaks: () => !isSafe(),
    })
  }
  diffPatterns(to, place, visit)
}

function diffPatterns(to: Report, place: Place, visit: Visit): void {
  const [before, after] = [place.older.map.patternProperties, place.newer.map.patternProperties]
  for (const pattern of new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])])) {
    const [older, newer] = [before?.get(pattern), after?.get(pattern)]
    const instancePath = `${place.instancePath}/*`
    const breaks = () => !to.judge.provesPart(place, 'members')
    if (older !== undefined && newer !== undefined) {
      if (!to.judge.same(older, newer))
        visit({ older, newer, instancePath, isSafe: place.isSafe || !breaks() })
      continue
    }
    const change = presence(older, newer)
    report(to, place, {
      keyword: 'patternProperties',
      change,
      what: `the rule for members that match ${show(pattern)} was ${change}`,
      refused: 'some of these members',
      instancePath,
      breaks,
    })
  }
}

function diffItems(to: Report, place: Place, visit: Visit): void {
  const [before, after] = [place.older.list.prefixItems ?? [], place.newer.list.prefixItems ?? []]
  const breaks = () => !to.judge.provesPart(place, 'elements')
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const [older, newer] = [before[index], after[index]]
    const instancePath = `${place.instancePath}/${index}`
    if (older !== undefined && newer !== undefined) {
      visit({ older, newer, instancePath, isSafe: place.isSafe || !breaks() })
      continue
    }
    const change = presence(older, newer)
    const what = `the schema of the item at place ${index} was ${change}`
    report(to, place, { keyword: 'prefixItems', change, what, refused: 'some lists', instancePath, breaks })
  }
}

interface SingleWords {
  readonly part: string
  readonly noun: string
  readonly step: string
  /** Whether the schemas can be compared part by part; within `not` wider is narrower. */
  readonly isOpen: boolean
}

const singles: readonly (readonly [SingleKeyword, SingleWords])[] = [
  ['items', { part: 'elements', noun: 'the schema of the items', step: '/*', isOpen: true }],
  ['contains', { part: 'contains', noun: 'what the list must contain', step: '/*', isOpen: true }],
  ['additionalProperties', { part: 'members', noun: 'the rule for other members', step: '/*', isOpen: true }],
  [
    'propertyNames',
    { part: 'propertyNames', noun: 'the rule for names of members', step: '', isOpen: false },
  ],
  ['not', { part: 'not', noun: 'what is excluded', step: '', isOpen: false }],
  ['if', { part: 'if', noun: 'the condition', step: '', isOpen: false }],
  ['then', { part: 'if', noun: 'what holds under the condition', step: '', isOpen: true }],
  ['else', { part: 'if', noun: 'what holds without the condition', step: '', isOpen: true }],
  [
    'unevaluatedItems',
    { part: 'unevaluatedItems', noun: 'the rule for other items', step: '/*', isOpen: true },
  ],
  [
    'unevaluatedProperties',
    { part: 'unevaluatedProperties', noun: 'the rule for other members', step: '/*', isOpen: true },
  ],
  ['ref', { part: 'ref', noun: 'the reference', step: '', isOpen: true }],
]

/** The keywords of one schema, `allOf` and `dependentSchemas`. */
function diffOther(to: Report, place: Place, visit: Visit): void {
  for (const [keyword, words] of singles) {
    const [older, newer] = [place.older.one[keyword], place.newer.one[keyword]]
    if (older === undefined && newer === undefined) continue
    diffChild(to, place, { keyword: keyword === 'ref' ? '$ref' : keyword, words, older, newer }, visit)
  }
  const [before, after] = [place.older.list.allOf ?? [], place.newer.list.allOf ?? []]
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const words = { part: `allOf ${index}`, noun: 'a schema of allOf', step: '', isOpen: true }
    diffChild(to, place, { keyword: 'allOf', words, older: before[index], newer: after[index] }, visit)
  }
  const [had, has] = [place.older.map.dependentSchemas, place.newer.map.dependentSchemas]
  for (const name of new Set([...(had?.keys() ?? []), ...(has?.keys() ?? [])])) {
    const noun = `what holds where ${show(name)} is there`
    const words = { part: 'dependentSchemas', noun, step: '', isOpen: true }
    const child = { keyword: 'dependentSchemas', words, older: had?.get(name), newer: has?.get(name) }
    diffChild(to, place, child, visit)
  }
}

interface Child {
  readonly keyword: string
  readonly words: SingleWords
  readonly older: SchemaNode | undefined
  readonly newer: SchemaNode | undefined
}

function diffChild(to: Report, place: Place, { keyword, words, older, newer }: Child, visit: Visit): void {
  const breaks = () => !to.judge.provesPart(place, words.part)
  const instancePath = place.instancePath + words.step
  if (older !== undefined && newer !== undefined) {
    if (to.judge.same(older, newer)) return
    if (words.isOpen) {
      visit({ older, newer, instancePath, isSafe: place.isSafe || !breaks() })
      return
    }
  }
  const change = presence(older, newer)
  const what = `${words.noun} ${change === 'changed' ? 'changed' : `was ${change}`}`
  report(to, place, { keyword, change, what, instancePath, breaks })
}
