import type { JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import type { Schema, SchemaObject } from './node.ts'
import { nameOfToken, pointerToken } from './pointer.ts'
import { refuse } from './read-keywords.ts'

/** Where the resources and anchors of one document are, by absolute URI. */
export interface ResourceIndex {
  readonly rootBase: string
  readonly roots: Map<string, string>
  readonly anchors: Map<string, string>
}

export interface Target {
  readonly pointer: string
  readonly schema: JsonValue
  readonly base: string
}

const rootBase = 'schema://document/'

export function createResourceIndex(): ResourceIndex {
  return { rootBase, roots: new Map([[rootBase, '']]), anchors: new Map() }
}

/** Notes `$id` and `$anchor` of a schema, and returns the base URI that holds within it. */
export function noteResource(
  index: ResourceIndex,
  schema: SchemaObject,
  pointer: string,
  outer: string,
): string {
  const { $id, $anchor } = schema
  let base = outer
  if (typeof $id === 'string' && $id.startsWith('#')) index.anchors.set(outer + $id, pointer)
  else if (typeof $id === 'string') {
    base = withoutFragment(resolve($id, outer, pointer))
    if (index.roots.has(base) && index.roots.get(base) !== pointer && pointer !== '')
      refuse(`${pointer}/$id`, 'is used twice')
    index.roots.set(base, pointer)
  }
  if (typeof $anchor === 'string') index.anchors.set(`${base}#${$anchor}`, pointer)
  return base
}

/** Finds what a `$ref` means. Only the document itself is searched. */
export function findTarget(
  index: ResourceIndex,
  document: Schema,
  reference: string,
  base: string,
  from: string,
): Target {
  const uri = resolve(reference, base, from)
  const resource = withoutFragment(uri)
  const fragment = decodeFragment(uri.slice(resource.length + 1), from)
  const root = index.roots.get(resource)
  if (root === undefined)
    refuse(`${from}/$ref`, `refers to ${reference}, which is not in the document; nothing is fetched`)
  const pointer =
    fragment === '' || fragment.startsWith('/')
      ? root + fragment
      : index.anchors.get(`${resource}#${fragment}`)
  const found = pointer === undefined ? undefined : lookUp(document, pointer)
  if (found === undefined) refuse(`${from}/$ref`, `refers to ${reference}, which is not in the document`)
  return { ...found, base: resource }
}

function lookUp(document: Schema, pointer: string): Omit<Target, 'base'> | undefined {
  let value: JsonValue = document as JsonValue
  let path = ''
  for (const token of pointer.split('/').slice(1)) {
    const name = nameOfToken(token)
    const isIndex = Array.isArray(value) && /^(0|[1-9]\d*)$/.test(name)
    if (!isIndex && !(isJsonObject(value) && Object.hasOwn(value, name))) return undefined
    value = (value as Record<string, JsonValue>)[name] as JsonValue
    if (value === undefined) return undefined
    path += `/${pointerToken(name)}`
  }
  return { pointer: path, schema: value }
}

function resolve(reference: string, base: string, from: string): string {
  const uri = URL.parse(reference, base)
  if (uri === null) refuse(from, `has the reference ${reference}, which is not a URI`)
  return uri.href
}

function withoutFragment(uri: string): string {
  const at = uri.indexOf('#')
  return at === -1 ? uri : uri.slice(0, at)
}

function decodeFragment(fragment: string, from: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return refuse(`${from}/$ref`, 'has a fragment that is not percent-encoded text')
  }
}
