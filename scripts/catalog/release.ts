import type {
  CommandDefinition,
  EventDefinition,
  FrozenFault,
  FrozenReport,
  FrozenSchema,
  JsonObject,
  JsonValue,
} from 'keelson'
import { checkFrozen, compareSchemas, toSchemaDocument } from 'keelson'
import type { FieldNumbers } from 'keelson/protobuf'
import { assignNumbers } from 'keelson/protobuf'
import { fieldNumbersHash, frozenNumbersHash } from '../../contexts/src/frozen-schemas.ts'
import * as contexts from '../../contexts/src/index.ts'

const manifests = Object.values(contexts)
export const definitions: readonly (EventDefinition | CommandDefinition)[] = [
  ...manifests.flatMap(context => context.events),
  ...manifests.flatMap(context => context.commands ?? []),
]

/** What is new since the last release, and what must not be released. */
export function judgeRelease(frozen: readonly FrozenSchema[]): FrozenReport {
  return checkFrozen(definitions, frozen, reasons)
}

/** Why one of two versions does not read the other: in both directions, the writer closed and the reader open. */
export function reasons(older: JsonObject, newer: JsonObject): string[] {
  return (['writer', 'reader'] as const).flatMap(side => {
    const [writer, reader] = side === 'writer' ? [older, newer] : [newer, older]
    const { verdict, differences, counterExample } = compareSchemas(writer, reader, { older: side })
    if (verdict === 'compatible') return []
    const breaking = differences.filter(difference => difference.isBreaking).map(({ message }) => message)
    const shown = counterExample === undefined ? '' : `, such as ${JSON.stringify(counterExample.value)}`
    const who =
      side === 'writer' ? 'the new version does not read the old' : 'the old version does not read the new'
    return [`${who} (${verdict}${shown}): ${breaking.join('; ')}`]
  })
}

/** Field numbers of every event, upon those that were given out before. */
export function fieldNumbers(
  known: (type: string) => JsonValue | undefined,
): readonly { readonly type: string; readonly numbers: FieldNumbers }[] {
  return definitions
    .filter(definition => 'topic' in definition)
    .map(definition => ({
      type: definition.type,
      numbers: assignNumbers(
        known(definition.type) as FieldNumbers | undefined,
        toSchemaDocument(definition),
      ),
    }))
}

/** Field numbers that somebody changed since they were given out. */
export function changedNumbers(folder?: string): readonly FrozenFault[] {
  return definitions
    .filter(definition => 'topic' in definition)
    .filter(({ type }) => {
      const given = frozenNumbersHash(type, folder)
      return given !== undefined && given !== fieldNumbersHash(type, folder)
    })
    .map(({ type, version }) => ({
      type,
      version,
      message:
        'has field numbers that were changed: restore protobuf.json, or bytes that were written mean something else',
    }))
}
