import type { FieldFault, JsonObject } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { closedView, openView } from '../compatibility/index.ts'
import type { CheckedSchema, JsonType } from '../schema/index.ts'
import { createSchemaValidator, createTypeFinder, readSchema } from '../schema/index.ts'
import type { SchemaDocument } from './checker.ts'
import type { Candidate } from './decide-register.ts'
import type { EventDetails } from './event-details.ts'
import { namesIn } from './pointer.ts'

/**
 * Checks the schema of an event type, new or not, against what is said of the type: it takes objects only, has the
 * members that the details point to, and events can be checked by it.
 *
 * @throws KeelsonError `schema_invalid` with every fault; those of the details stand at `/event`.
 */
export function checkEventSchema(
  { schemaType, event: given }: Candidate,
  { text, references }: SchemaDocument,
  known: EventDetails | undefined,
): void {
  const event = given ?? known
  if (event === undefined || schemaType !== 'JSON') return
  const checked = readSchema(text, references)
  const typesAt = createTypeFinder(checked.schema)
  const ofRoot = rootFaults(typesAt)
  // What is no object has no members: that would be said of each again.
  const faults =
    ofRoot.length > 0 ? ofRoot : [...keyFaults(typesAt, event), ...personalFaults(typesAt, event)]
  const [first] = faults
  if (first) {
    const message = `${first.pointer} ${first.message}${first.hint === undefined ? '' : `: ${first.hint}`}`
    throw new KeelsonError('schema_invalid', message, { faults })
  }
  refuseUncompilable(checked)
}

type FindTypes = ReturnType<typeof createTypeFinder>

function rootFaults(typesAt: FindTypes): FieldFault[] {
  const types = typesAt([])
  if (types?.size === 1 && types.has('object')) return []
  const message = 'must take objects only, as the payload of an event type'
  return [{ pointer: '/schema', message, hint: 'give it "type": "object"' }]
}

/** Null stands for a member that is not there; then there is no key either. */
const keyTypes: ReadonlySet<JsonType> = new Set(['string', 'number', 'null'])

function keyFaults(typesAt: FindTypes, { orderingKey }: EventDetails): FieldFault[] {
  if (orderingKey === undefined) return []
  const pointer = '/event/orderingKey'
  const names = namesIn(orderingKey)
  const types = names.includes('*') ? undefined : typesAt(names)
  if (types === undefined) return [{ pointer, ...notDescribed(orderingKey) }]
  const isKey = [...types].every(type => keyTypes.has(type)) && (types.has('string') || types.has('number'))
  return isKey ? [] : [{ pointer, message: `leads to ${orderingKey}, which must be a string or a number` }]
}

function personalFaults(typesAt: FindTypes, { personal = [] }: EventDetails): FieldFault[] {
  return personal.flatMap((field, at) =>
    (['pointer', 'subject'] as const)
      .filter(member => typesAt(namesIn(field[member])) === undefined)
      .map(member => ({ pointer: `/event/personal/${at}/${member}`, ...notDescribed(field[member]) })),
  )
}

const notDescribed = (place: string) => ({
  message: `leads to ${place}, which the schema does not describe`,
  hint: 'point to a member that stands in its properties',
})

/** One whose views cannot be compiled would fail when the first event comes. */
function refuseUncompilable({ schema, recursionWidth }: CheckedSchema): void {
  try {
    for (const view of [closedView(schema), openView(schema)])
      createSchemaValidator({ schema: view as JsonObject, recursionWidth })
  } catch (error) {
    if (error instanceof KeelsonError) throw error
    throw new KeelsonError(
      'schema_invalid',
      'Events cannot be checked by this schema: make it simpler',
      {},
      error,
    )
  }
}
