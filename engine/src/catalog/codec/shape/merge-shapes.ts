import type { EnumShape, Shape } from './shape.ts'

const json: Shape = { kind: 'json' }

/**
 * The shape of values that one of the branches takes. Branches that a binary form could not tell apart become one
 * that takes what each of them takes: enums one enum, arrays one array, integers a number.
 */
export function mergeShapes(branches: readonly Shape[], path: readonly string[]): Shape {
  const flat = branches.flatMap(branch => (branch.kind === 'union' ? branch.branches : [branch]))
  if (flat.length === 0 || flat.some(branch => branch.kind === 'json')) return json
  const has = (kind: Shape['kind']) => flat.some(branch => branch.kind === kind)
  const merged: Shape[] = []
  const add = (...shapes: readonly Shape[]) => merged.push(...shapes)
  for (const kind of ['null', 'boolean'] as const) if (has(kind)) add({ kind })
  if (has('number')) add({ kind: 'number' })
  else if (has('integer')) add({ kind: 'integer' })
  if (has('string')) add({ kind: 'string' })
  else add(...mergeEnums(flat.filter(branch => branch.kind === 'enum')))
  const items = flat.flatMap(branch => (branch.kind === 'array' ? [branch.items] : []))
  if (items.length > 0) add({ kind: 'array', items: mergeShapes(items, [...path, 'item']) })
  add(...new Set(flat.filter(branch => branch.kind === 'record')))
  const values = flat.flatMap(branch => (branch.kind === 'map' ? [branch.values] : []))
  if (values.length > 0) add({ kind: 'map', values: mergeShapes(values, [...path, 'value']) })
  return merged.length === 1 ? (merged[0] as Shape) : { kind: 'union', path, branches: merged }
}

function mergeEnums(enums: readonly EnumShape[]): readonly Shape[] {
  const first = enums[0]
  if (first === undefined || enums.length === 1) return enums
  const values = [...new Set(enums.flatMap(({ values }) => values))]
  return [{ kind: 'enum', path: first.path, values, description: first.description }]
}
