import { setImmediate as otherWork } from 'node:timers/promises'
import type { CompatibilityVerdict, SchemaCheckers, SchemaDocument, SchemaType } from './checker.ts'
import type { Comparison } from './decide-register.ts'
import type { SchemaContent } from './registry-state.ts'
import { resolveDocument } from './resolve-documents.ts'
import type { View } from './view.ts'

export interface EarlierVerdict extends CompatibilityVerdict {
  /** The version that it does not fit. */
  readonly comparedWith?: number
}

const compatible: EarlierVerdict = { isCompatible: true, messages: [] }

/** Milliseconds that comparing one schema with all earlier ones may take. */
const maxTime = 10_000

/** Compares a schema with earlier ones, newest first, up to the first that it does not fit. */
export async function compareEarlier(
  view: View,
  next: SchemaDocument,
  schemaType: SchemaType,
  { mode, earlier }: Comparison,
  checkers: SchemaCheckers,
): Promise<EarlierVerdict> {
  if (mode === 'none') return compatible
  const compared = new Set<SchemaContent['id']>()
  let time = 0
  for (const { version, content } of earlier) {
    if (compared.has(content.id)) continue
    compared.add(content.id)
    if (content.schemaType !== schemaType)
      return {
        isCompatible: false,
        messages: [`version ${version} is ${content.schemaType}, and this is ${schemaType}`],
        comparedWith: version,
      }
    if (time > maxTime)
      return {
        isCompatible: false,
        messages: [`comparing with version ${version} and all before it would take too long`],
        comparedWith: version,
      }
    const document = resolveDocument(view, content, { includeDeleted: true })
    const started = performance.now()
    const verdict = checkers[schemaType].compare(document, next, mode)
    time += performance.now() - started
    if (!verdict.isCompatible) return { ...verdict, comparedWith: version }
    // Many comparisons in a row would keep everybody else waiting.
    await otherWork()
  }
  return compatible
}
