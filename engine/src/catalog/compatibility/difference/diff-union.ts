import type { SchemaNode } from '../schema/node.ts'
import type { Place, Report, Visit } from './report.ts'
import { presence, report } from './report.ts'

/** Pairs the branches that are the same, then the others in their order, and reports what is left over. */
export function diffUnion(to: Report, place: Place, keyword: 'anyOf' | 'oneOf', visit: Visit): void {
  const [before, after] = [place.older.list[keyword], place.newer.list[keyword]]
  const breaks = () => !to.judge.provesPart(place, keyword)
  if (before === undefined || after === undefined) {
    if (before === after) return
    const change = presence(before, after)
    report(to, place, { keyword, change, what: `the choice of ${keyword} was ${change}`, breaks })
    return
  }
  const { lost, gained } = unpaired(to, before, after)
  if (lost.length + gained.length === 0) return
  const isSafe = place.isSafe || !breaks()
  const paired = Math.min(lost.length, gained.length)
  for (let index = 0; index < paired; index += 1) {
    const [older, newer] = [lost[index] as SchemaNode, gained[index] as SchemaNode]
    visit({ older, newer, instancePath: place.instancePath, isSafe })
  }
  for (const branch of [...lost.slice(paired), ...gained.slice(paired)]) {
    const isAdded = gained.includes(branch)
    const title = branch.notes.get('title') ?? branch.pointer
    report(to, place, {
      keyword,
      change: isAdded ? 'added' : 'removed',
      what: `the branch ${title} was ${isAdded ? 'added' : 'removed'}`,
      refused: 'values of it',
      pointer: branch.pointer,
      breaks: () => !isSafe,
    })
  }
}

function unpaired(
  { judge }: Report,
  before: readonly SchemaNode[],
  after: readonly SchemaNode[],
): { lost: SchemaNode[]; gained: SchemaNode[] } {
  const gained = [...after]
  const lost = before.filter(branch => {
    const at = gained.findIndex(other => judge.same(branch, other))
    if (at !== -1) gained.splice(at, 1)
    return at === -1
  })
  return { lost, gained }
}
