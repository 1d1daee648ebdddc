import Type from 'typebox'
import type { FieldFault } from '../../core/index.ts'
import { defineEvent, KeelsonError } from '../../core/index.ts'
import type { CompatibilityMode } from '../compatibility/index.ts'
import { compatibilityModes } from '../compatibility/index.ts'
import { createValidator } from '../validator.ts'
import type { SchemaType } from './checker.ts'
import { schemaTypes } from './checker.ts'
import type { EventDetails } from './event-details.ts'
import { eventDetails } from './event-details.ts'
import type { SchemaReference } from './registry-state.ts'
import { schemaVersionOf } from './view.ts'

/** What is to be registered, or compared with what is. */
export interface SchemaRequest {
  /** Default `JSON`. */
  readonly schemaType?: SchemaType
  readonly schema: string
  readonly references?: readonly SchemaReference[]
  /** Makes the subject an event type; later versions keep it where they say nothing. */
  readonly event?: EventDetails
  /** What this version and later ones of the subject must keep to. */
  readonly compatibility?: CompatibilityMode
}

const maxReferences = 20
/** Words that stand beside subjects in paths, or mean something else to clients of other registries. */
const reservedNames: ReadonlySet<string> = new Set(['by-id', 'by-hash', '__GLOBAL', '__EMPTY'])
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** @throws KeelsonError `request_invalid`. */
export function checkSubjectName(name: string): void {
  const isName =
    typeof name === 'string' &&
    name.length >= 1 &&
    name.length <= 255 &&
    name.isWellFormed() &&
    !unprintable.test(name) &&
    name.trim() === name &&
    !reservedNames.has(name)
  if (!isName) refuse('/subject', 'must be 1 to 255 printable characters, and no word that is reserved')
}

/** @throws KeelsonError `request_invalid`, `schema_invalid`. */
export function checkRequest(subject: string, request: SchemaRequest): void {
  checkSubjectName(subject)
  const { schema, schemaType = 'JSON', references = [], event, compatibility } = request
  if (typeof schema !== 'string') refuse('/schema', 'must be the text of a schema')
  if (!schema.isWellFormed()) throw new KeelsonError('schema_invalid', 'The schema holds half of a character')
  if (!schemaTypes.includes(schemaType)) refuse('/schemaType', `must be one of ${schemaTypes.join(', ')}`)
  if (compatibility !== undefined && !compatibilityModes.includes(compatibility))
    refuse('/compatibility', `must be one of ${compatibilityModes.join(', ')}`)
  checkReferences(references)
  if (event !== undefined) checkEvent(subject, event)
}

function checkReferences(references: readonly SchemaReference[]): void {
  if (!Array.isArray(references) || references.length > maxReferences)
    refuse('/references', `must be a list of at most ${maxReferences} references`)
  const names = new Set<string>()
  for (const [at, { name, subject, version }] of references.entries()) {
    const isName = typeof name === 'string' && name.length >= 1 && name.length <= 255 && name.isWellFormed()
    if (!isName || names.has(name))
      refuse(`/references/${at}/name`, 'must be a name of its own, up to 255 characters')
    if (typeof subject !== 'string') refuse(`/references/${at}/subject`, 'must be the name of a subject')
    if (!Number.isSafeInteger(version) || version < 1)
      refuse(`/references/${at}/version`, 'must be a whole number from 1')
    names.add(name)
  }
}

function checkEvent(subject: string, event: EventDetails): void {
  try {
    createValidator(eventDetails)(event)
    defineEvent({
      type: subject,
      version: schemaVersionOf(subject, 1),
      kind: event.kind ?? 'domain',
      consumers: event.consumers ?? [],
      ...event,
      orderingKey: () => undefined,
      payload: Type.Object({}),
      examples: [{}],
    })
  } catch (error) {
    if (error instanceof TypeError)
      throw new KeelsonError('request_invalid', error.message, {
        faults: [{ pointer: '/event', message: error.message }],
      })
    if (!(error instanceof KeelsonError)) throw error
    const faults = (error.details.faults ?? []).map(fault => ({
      ...fault,
      pointer: fault.pointer.replace(/^\/payload/, '/event'),
    }))
    throw new KeelsonError('request_invalid', error.message.replace(/^\/payload/, '/event'), { faults })
  }
  if (event.orderingKey !== undefined && !/^(\/([^~/]|~[01])*)+$/.test(event.orderingKey))
    refuse('/event/orderingKey', 'must be a JSON Pointer, such as /orderId')
}

function refuse(pointer: string, message: string): never {
  const fault: FieldFault = { pointer, message }
  throw new KeelsonError('request_invalid', `${pointer} ${message}`, { faults: [fault] })
}
