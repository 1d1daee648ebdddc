import type { Static, TSchema } from 'typebox'
import type { PersonalField } from '../envelope/personal-field.ts'
import { checkCommon, checkMajor, checkPersonal, failWith } from './check-definition.ts'
import { closeObjects } from './close-objects.ts'

/** Why a command may be refused: a word that callers can act on, and what it means. */
export interface Rejection {
  readonly code: string
  readonly when: string
}

/** Everything that is known about one command: an intent, handled by exactly one aggregate. */
export interface CommandDefinition<Schema extends TSchema = TSchema> {
  readonly type: string
  /** `major.minor`, as for events. */
  readonly version: string
  readonly summary: string
  readonly aggregate: string
  /** The id of the aggregate that it is for. */
  readonly target: (payload: Static<Schema>) => string | undefined
  readonly payload: Schema
  /** Types of the events that may follow. */
  readonly emits: readonly string[]
  readonly rejections: readonly Rejection[]
  /** The permission that a caller needs, such as `policies:write`. */
  readonly permission?: string
  /** What must hold beyond the schema, each a sentence. */
  readonly rules?: readonly string[]
  /** Members that are personal data, and the member that says whose. */
  readonly personal?: readonly PersonalField[]
  readonly examples: readonly Static<Schema>[]
}

/**
 * Defines a command; objects are closed as for events. A repeat with the same command id has the same effect as once.
 *
 * @throws TypeError naming what is wrong with the definition.
 */
export function defineCommand<Schema extends TSchema>(
  definition: CommandDefinition<Schema>,
): CommandDefinition<Schema> {
  const fail = failWith('command', definition.type)
  checkCommon(definition, fail)
  checkMajor(definition, fail)
  checkPersonal(definition.personal, fail)
  if (definition.aggregate.trim() === '') fail('has no aggregate')
  for (const { code, when } of definition.rejections) {
    if (!/^[a-z][a-z0-9_]{2,59}$/.test(code) || when.trim() === '')
      fail(`has a rejection ${JSON.stringify(code)} that is no lower-case word with its reason`)
  }
  return Object.freeze({ ...definition, payload: closeObjects(definition.payload) as Schema })
}
