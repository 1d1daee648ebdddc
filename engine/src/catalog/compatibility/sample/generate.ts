import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import { createFindEvaluable } from '../given/evaluable.ts'
import type { Facts, Given } from '../given/given.ts'
import { both, kindsOf, listedValues, requiredNames, unfold, withNodes } from '../given/given.ts'
import { itemGiven } from '../given/item.ts'
import type { MemberTools } from '../given/member.ts'
import { memberGiven, mentionedNames } from '../given/member.ts'
import { highest, lowest } from '../given/size.ts'
import type { PatternTest } from '../pattern/pattern-test.ts'
import type { ValueKind } from '../schema/node.ts'
import { sampleNumber } from './number.ts'
import type { Random } from './random.ts'
import { pick } from './random.ts'
import { sampleMatch, sampleText } from './text.ts'

/** What an object or array shall have beside what its facts ask for. */
export interface ObjectPlan {
  readonly fixed?: Readonly<Record<string, JsonValue>>
  readonly without?: ReadonlySet<string>
  /** The share of optional members that are put in. */
  readonly fullness?: number
}
export interface ArrayPlan {
  readonly fixed?: ReadonlyMap<number, JsonValue>
  readonly length?: number
}

/** Builds values of what is known of them. What it builds mostly fits, and is to be checked. */
export interface Generator {
  value(known: Given, depth?: number): JsonValue | undefined
  ofKind(facts: Facts, kind: ValueKind, depth?: number): JsonValue | undefined
  object(facts: Facts, plan: ObjectPlan, depth?: number): JsonObject | undefined
  array(facts: Facts, plan: ArrayPlan, depth?: number): JsonValue[] | undefined
}

export interface GeneratorTools {
  readonly matches: PatternTest['matches']
  readonly random: Random
  /** Called with the cost of what is built, a value being 1; false ends the building. */
  mayBuild(cost: number): boolean
}

/** With what members are looked up, at the cost of building. */
type Tools = GeneratorTools & MemberTools

const maxDepth = 12
const deep = 4
const maxItems = 50

/** How many schemas are looked through at the cost of a value. */
const perValue = 16

export function createGenerator(building: GeneratorTools): Generator {
  const tools: Tools = {
    ...building,
    step: (cost = 1) => building.mayBuild(cost),
    evaluable: createFindEvaluable(() => building.mayBuild(1 / perValue)),
  }
  const generator: Generator = {
    value(known, depth = 0) {
      if (depth > maxDepth || !tools.mayBuild(1 + known.nodes.length / perValue)) return undefined
      const facts = settle(unfold(known), tools, depth)
      const kinds = kindsOf(facts)
      const kind = depth > deep ? simplest(kinds) : pick(tools.random, kinds)
      return kind === undefined ? undefined : generator.ofKind(facts, kind, depth)
    },
    ofKind(facts, kind, depth = 0) {
      const listed = listedValues(facts.nodes, kind)
      if (listed !== undefined) return pick(tools.random, listed)
      if (kind === 'number') return sampleNumber(facts.nodes, tools.random)
      if (kind === 'string') return sampleText(facts.nodes, tools.random)
      return kind === 'array' ? generator.array(facts, {}, depth) : generator.object(facts, {}, depth)
    },
    object: (facts, plan, depth = 0) => buildObject(generator, tools, facts, plan, depth),
    array: (facts, plan, depth = 0) => buildArray(generator, tools, facts, plan, depth),
  }
  return generator
}

/** Takes one alternative of each choice. Deep inside it keeps to the first, where recursive schemas tend to end. */
function settle(facts: Facts, { random, mayBuild }: Tools, depth: number): Facts {
  let settled = facts
  for (let round = 0; round < 8 && settled.choices.length > 0; round += 1) {
    const alternatives = settled.choices[0] as readonly Given[]
    const order = depth > deep ? alternatives : [pick(random, alternatives) as Given, ...alternatives]
    const possible = firstPossible(settled, order.slice(0, 12), mayBuild)
    if (possible === undefined) return settled
    settled = possible
  }
  return settled
}

function firstPossible(
  facts: Facts,
  alternatives: readonly Given[],
  mayBuild: Tools['mayBuild'],
): Facts | undefined {
  for (const alternative of alternatives) {
    if (!mayBuild(facts.nodes.length / perValue)) return undefined
    const option = unfold(both(facts, alternative))
    if (kindsOf(option).length > 0) return option
  }
  return undefined
}

const bySimplicity: readonly ValueKind[] = ['null', 'boolean', 'string', 'number', 'array', 'object']

function simplest(kinds: readonly ValueKind[]): ValueKind | undefined {
  return bySimplicity.find(kind => kinds.includes(kind))
}

function buildObject(
  generator: Generator,
  tools: Tools,
  facts: Facts,
  plan: ObjectPlan,
  depth: number,
): JsonObject | undefined {
  const { nodes } = facts
  const { random } = tools
  if (!tools.mayBuild(1 + nodes.length / perValue)) return undefined
  const built: JsonObject = {}
  const max = lowest(nodes, 'maxProperties', Infinity)
  const add = (name: string): boolean => {
    if (Object.hasOwn(built, name) || plan.without?.has(name) || name in Object.prototype) return true
    const value = generator.value(memberGiven(nodes, name, tools), depth + 1)
    if (value === undefined) return false
    built[name] = value
    return true
  }
  for (const [name, value] of Object.entries(plan.fixed ?? {}))
    if (!(name in Object.prototype)) built[name] = value
  for (const name of requiredNames(nodes)) if (!add(name)) return undefined
  const fullness = plan.fullness ?? (depth > deep ? 0 : 0.5)
  const names = [...mentionedNames(nodes, tools)]
  for (const name of names) {
    if (max < Infinity && Object.keys(built).length >= max) break
    if (random() < fullness) add(name)
  }
  addUnlisted(built, { nodes, names, min: highest(nodes, 'minProperties', 0), random }, add)
  return built
}

interface Unlisted {
  readonly nodes: Facts['nodes']
  readonly names: readonly string[]
  readonly min: number
  readonly random: Random
}

/** Adds members of names that nobody lists, until there are enough. */
function addUnlisted(
  built: JsonObject,
  { nodes, names, min, random }: Unlisted,
  add: (name: string) => boolean,
): void {
  const patterns = nodes.flatMap(node => [...(node.map.patternProperties?.keys() ?? [])])
  const wanted = Math.max(min, patterns.length > 0 && random() < 0.5 ? Object.keys(built).length + 1 : 0)
  for (
    let attempt = 0;
    attempt < 20 && Object.keys(built).length < Math.min(wanted, maxItems);
    attempt += 1
  ) {
    const pattern = pick(random, patterns)
    const name = names[attempt] ?? (pattern === undefined ? undefined : sampleMatch(pattern, random))
    add(name ?? `extra${attempt}`)
  }
}

function buildArray(
  generator: Generator,
  { random }: Tools,
  facts: Facts,
  plan: ArrayPlan,
  depth: number,
): JsonValue[] | undefined {
  const { nodes } = facts
  const containing = nodes.filter(node => node.one.contains !== undefined)
  const min = Math.max(highest(nodes, 'minItems', 0), ...containing.map(node => node.limit.minContains ?? 1))
  const max = Math.min(lowest(nodes, 'maxItems', Infinity), maxItems)
  const length = plan.length ?? Math.min(max, min + (depth > deep ? 0 : Math.floor(random() * 3)))
  if (length > maxItems) return undefined
  const isUnique = nodes.some(node => node.isUnique)
  const items: JsonValue[] = []
  const seen = new Set<string>()
  for (let index = 0; index < length; index += 1) {
    const wanted = containing.filter(node => index < (node.limit.minContains ?? 1))
    const contained = wanted.flatMap(node => (node.one.contains === undefined ? [] : [node.one.contains]))
    const known = withNodes(itemGiven(nodes, index), ...contained)
    const item = plan.fixed?.get(index) ?? distinct(() => generator.value(known, depth + 1), isUnique, seen)
    // An array may end where no further item can be built, if it is long enough.
    if (item === undefined) return plan.length === undefined && index >= min ? items : undefined
    seen.add(canonicalJson(item))
    items.push(item)
  }
  return items
}

function distinct(
  build: () => JsonValue | undefined,
  isUnique: boolean,
  seen: ReadonlySet<string>,
): JsonValue | undefined {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const item = build()
    if (item === undefined || !isUnique || !seen.has(canonicalJson(item))) return item
  }
  return undefined
}
