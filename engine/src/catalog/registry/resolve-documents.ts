import { KeelsonError } from '../../core/index.ts'
import type { SchemaDocument } from './checker.ts'
import type { SchemaReference } from './registry-state.ts'
import type { View } from './view.ts'
import { findVersion, viewWithin } from './view.ts'

const maxDocuments = 50
const maxLevels = 10
const maxSize = 256 * 1024

interface Resolving {
  readonly includeDeleted: boolean
  /** What each name stands for. */
  readonly places: Map<string, string>
  readonly documents: { readonly name: string; readonly text: string }[]
  size: number
}

/**
 * A text with all that it refers to, also through others; what is referred to comes before what refers to it.
 *
 * @throws KeelsonError `schema_invalid` where a reference leads nowhere, or to too much.
 */
export function resolveDocument(
  view: View,
  { schema, references }: { readonly schema: string; readonly references: readonly SchemaReference[] },
  { includeDeleted = false } = {},
): SchemaDocument {
  const resolving: Resolving = { includeDeleted, places: new Map(), documents: [], size: schema.length }
  resolve(resolving, view, references, 1)
  return { text: schema, references: resolving.documents }
}

function resolve(
  resolving: Resolving,
  view: View,
  references: readonly SchemaReference[],
  level: number,
): void {
  if (level > maxLevels) throw invalid(`refers to others over more than ${maxLevels} levels`)
  for (const reference of references) {
    const { name, subject, version } = reference
    const found = targetOf(resolving, view, reference)
    const place = JSON.stringify([found.scope, subject, version])
    const known = resolving.places.get(name)
    if (known === place) continue
    if (known !== undefined) throw invalid(`means two different schemas by the name "${name}"`)
    resolving.places.set(name, place)
    resolve(resolving, viewWithin(view, found.scope), found.references, level + 1)
    resolving.documents.push({ name, text: found.schema })
    resolving.size += found.schema.length
    if (resolving.documents.length > maxDocuments || resolving.size > maxSize)
      throw invalid(`refers to more than ${maxDocuments} schemas or ${maxSize} characters`)
  }
}

function targetOf({ includeDeleted }: Resolving, view: View, { name, subject, version }: SchemaReference) {
  try {
    return findVersion(view, subject, version, { includeDeleted })
  } catch (error) {
    if (!(error instanceof KeelsonError) || error.code !== 'schema_not_found') throw error
    throw missing(`refers by "${name}" to version ${version} of "${subject}", which is not there`)
  }
}

function invalid(what: string): KeelsonError {
  return new KeelsonError('schema_invalid', `The schema ${what}`)
}

function missing(what: string): KeelsonError {
  return new KeelsonError('schema_invalid', `The schema ${what}`, { missing: 'reference' })
}
