import { canonicalJson } from '../../../core/index.ts'
import type { LimitKeyword, SchemaNode, TypeName } from '../schema/node.ts'
import { limitKeywords } from '../schema/node.ts'
import { pointerToken } from '../schema/pointer.ts'
import type { Place, Report } from './report.ts'
import { presence, report } from './report.ts'
import { limitWords, show, showList } from './words.ts'

/** Differences of the keywords that hold no schema. */
export function diffLocal(to: Report, place: Place): void {
  diffTypes(to, place)
  diffValues(to, place)
  for (const keyword of limitKeywords) diffLimit(to, place, keyword)
  diffText(to, place, 'pattern', 'texts that do not match it')
  diffText(to, place, 'format', 'texts of another form')
  diffUnique(to, place)
  diffRequired(to, place)
  diffTable(to, place)
  diffNotes(to, place)
}

function diffTypes(to: Report, place: Place): void {
  const { older, newer } = place
  if (older.isNever !== newer.isNever) {
    report(to, place, {
      keyword: newer.isNever ? 'false' : 'true',
      change: newer.isNever ? 'narrowed' : 'widened',
      what: newer.isNever ? 'nothing is accepted any more' : 'something is accepted where nothing was',
      pointer: newer.pointer,
      refused: 'all values',
      breaks: () => !to.judge.provesPart(place, 'never'),
    })
  }
  const [before, after] = [older.types, newer.types]
  if (canonicalJson([...(before ?? [])].sort()) === canonicalJson([...(after ?? [])].sort())) return
  const covers = (wide: readonly TypeName[] | undefined, narrow: readonly TypeName[] | undefined) =>
    wide === undefined ||
    narrow?.every(type => wide.includes(type) || (type === 'integer' && wide.includes('number')))
  const change = covers(after, before) ? 'widened' : covers(before, after) ? 'narrowed' : 'changed'
  report(to, place, {
    keyword: 'type',
    change,
    what: `the type changed from ${before?.join(' or ') ?? 'any'} to ${after?.join(' or ') ?? 'any'}`,
    refused: 'values of other types',
    breaks: () => !to.judge.provesPart(place, 'types'),
  })
}

function diffValues(to: Report, place: Place): void {
  const { older, newer } = place
  const [before, after] = [older.values, newer.values]
  const texts = (node: SchemaNode) => new Set(node.values?.map(canonicalJson) ?? [])
  const [had, has] = [texts(older), texts(newer)]
  const gone = before?.filter(value => !has.has(canonicalJson(value))) ?? []
  const come = after?.filter(value => !had.has(canonicalJson(value))) ?? []
  if (gone.length + come.length === 0 && (before === undefined) === (after === undefined)) return
  const what = [
    ...(before === undefined ? [`only ${showList(after ?? [])} may stand there now`] : []),
    ...(after === undefined ? [`the value is no longer one of ${showList(before ?? [])}`] : []),
    ...(before && after && come.length > 0 ? [`${showList(come)} was added to the values`] : []),
    ...(before && after && gone.length > 0 ? [`${showList(gone)} was removed from the values`] : []),
  ]
  const change =
    before && after
      ? gone.length === 0
        ? 'widened'
        : come.length === 0
          ? 'narrowed'
          : 'changed'
      : presence(before, after)
  const refused = to.judge.isWriterOlder ? gone : come
  report(to, place, {
    keyword: 'enum',
    change,
    what: what.join(', '),
    refused: refused.length > 0 ? `values such as ${showList(refused)}` : 'other values',
    breaks: () => !to.judge.provesPart(place, 'values'),
  })
}

function diffLimit(to: Report, place: Place, keyword: LimitKeyword): void {
  const before = place.older.limit[keyword]
  const after = place.newer.limit[keyword]
  if (before === after) return
  const words = keyword === 'multipleOf' ? undefined : limitWords[keyword]
  const both = before !== undefined && after !== undefined
  const isNarrower = both && words !== undefined && (words.isUpper ? after < before : after > before)
  const verb = both && words ? (after < before ? 'lowered' : 'raised') : 'changed'
  const what = both
    ? `${keyword} was ${verb} from ${before} to ${after}`
    : before === undefined
      ? `${keyword} ${after} was added`
      : `${keyword} ${before} was removed`
  const limit = to.judge.isWriterOlder ? after : before
  const refused =
    limit === undefined ? undefined : (words?.refused(limit) ?? `values that are no multiple of ${limit}`)
  report(to, place, {
    keyword,
    change: both
      ? words === undefined
        ? 'changed'
        : isNarrower
          ? 'narrowed'
          : 'widened'
      : presence(before, after),
    what,
    ...(refused === undefined ? {} : { refused }),
    breaks: () => !to.judge.provesPart(place, keyword.endsWith('Contains') ? 'contains' : keyword),
  })
}

function diffText(to: Report, place: Place, keyword: 'pattern' | 'format', refused: string): void {
  const [before, after] = [place.older[keyword], place.newer[keyword]]
  if (before === after) return
  const change = presence(before, after)
  const what =
    change === 'changed'
      ? `${keyword} changed from ${show(before)} to ${show(after)}`
      : `${keyword} ${show(before ?? after)} was ${change}`
  report(to, place, { keyword, change, what, refused, breaks: () => !to.judge.provesPart(place, keyword) })
}

function diffUnique(to: Report, place: Place): void {
  const [before, after] = [place.older.isUnique, place.newer.isUnique]
  if (before === after) return
  report(to, place, {
    keyword: 'uniqueItems',
    change: presence(before, after),
    what: after ? 'items must be unique now' : 'items may be equal now',
    refused: 'lists with equal items',
    breaks: () => !to.judge.provesPart(place, 'isUnique'),
  })
}

function diffRequired(to: Report, place: Place): void {
  const { older, newer } = place
  const reader = to.judge.isWriterOlder ? newer : older
  const [before, after] = [new Set(older.required), new Set(newer.required)]
  const changed = [
    ...older.required.filter(name => !after.has(name)),
    ...newer.required.filter(name => !before.has(name)),
  ]
  for (const name of changed) {
    const isAdded = after.has(name)
    const hasDefault = reader.map.properties?.get(name)?.notes.has('default') ?? false
    const note = hasDefault ? ' (its default does not help: readers judge what was sent)' : ''
    report(to, place, {
      keyword: 'required',
      change: isAdded ? 'added' : 'removed',
      what: isAdded ? 'became required' : 'is no longer required',
      refused: `objects without it${note}`,
      instancePath: `${place.instancePath}/${pointerToken(name)}`,
      breaks: () => reader.required.includes(name) && !to.judge.provesPart(place, `required ${name}`),
    })
  }
}

/** `dependentRequired`, and assertions that are compared by their text alone. */
function diffTable(to: Report, place: Place): void {
  const { older, newer } = place
  const names = new Set([...older.dependentRequired.keys(), ...newer.dependentRequired.keys()])
  for (const name of names) {
    const [before, after] = [older.dependentRequired.get(name), newer.dependentRequired.get(name)]
    if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) continue
    report(to, place, {
      keyword: 'dependentRequired',
      change: presence(before, after),
      what: `the members that ${show(name)} calls for changed from ${showList(before ?? [])} to ${showList(after ?? [])}`,
      refused: 'objects without them',
      breaks: () => !to.judge.provesPart(place, 'dependentRequired'),
    })
  }
  for (const keyword of new Set([...older.other.keys(), ...newer.other.keys()])) {
    const [before, after] = [older.other.get(keyword), newer.other.get(keyword)]
    if (before === after) continue
    report(to, place, {
      keyword,
      change: presence(before, after),
      what: `${keyword}, which is not understood, was ${presence(before, after)}`,
      breaks: () => !to.judge.provesPart(place, 'other'),
    })
  }
}

function diffNotes(to: Report, place: Place): void {
  const { older, newer } = place
  for (const keyword of new Set([...older.notes.keys(), ...newer.notes.keys()])) {
    const [before, after] = [older.notes.get(keyword), newer.notes.get(keyword)]
    if (before === after) continue
    const change = presence(before, after)
    report(to, place, {
      keyword,
      change,
      what: `the ${keyword} ${keyword === 'examples' ? 'were' : 'was'} ${change}`,
      breaks: () => false,
    })
  }
}
