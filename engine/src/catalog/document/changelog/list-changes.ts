import type { JsonObject } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import type { FieldRow } from '../field/field-rows.ts'
import { fieldRows } from '../field/field-rows.ts'

/** What one version has that the other has not, member by member, in words. It says nothing of compatibility. */
export function listChanges(older: JsonObject, newer: JsonObject): readonly string[] {
  const before = new Map(fieldRows(older).map(row => [row.pointer, row]))
  const after = new Map(fieldRows(newer).map(row => [row.pointer, row]))
  const changes = [
    ...[...after.values()].filter(row => !before.has(row.pointer)).map(added),
    ...[...before.values()].filter(row => !after.has(row.pointer)).map(removed),
    ...[...after.values()].flatMap(row => {
      const old = before.get(row.pointer)
      return old === undefined ? [] : changed(old, row)
    }),
  ]
  if (changes.length > 0 || shape(older) === shape(newer)) return changes
  return ['Only words, examples or bounds beyond single members changed.']
}

const added = ({ pointer, type, isRequired }: FieldRow): string =>
  `\`${pointer}\` was added: ${type}, ${isRequired ? 'required' : 'optional'}.`

const removed = ({ pointer, isRequired }: FieldRow): string =>
  `\`${pointer}\`, which was ${isRequired ? 'required' : 'optional'}, was removed.`

function changed(before: FieldRow, after: FieldRow): string[] {
  const changes: string[] = []
  const name = `\`${after.pointer}\``
  if (before.type !== after.type) changes.push(`${name} was ${before.type} and is ${after.type}.`)
  if (before.isRequired !== after.isRequired)
    changes.push(`${name} became ${after.isRequired ? 'required' : 'optional'}.`)
  if (before.description !== after.description) changes.push(`${name} is described in other words.`)
  return changes
}

/** The schema without the members that name its version. */
function shape({ $id: _, ...rest }: JsonObject): string {
  return canonicalJson(rest)
}
