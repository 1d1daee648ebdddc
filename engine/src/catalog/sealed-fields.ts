import type { EventDefinition, JsonObject, JsonValue, PersonalField } from '../core/index.ts'
import { isJsonObject } from '../core/index.ts'

/** Members that name a person, by what they are called: `userId`, `approverIds`, `toggledBy`, `onBehalfOf`. */
const person =
  'user|actor|author|approver|assignee|contact|customer|employee|member|owner|patient|person|principal|recipient|requester|reviewer|subject'
const personName = new RegExp(
  `^((${person})s?(Ids?)?|\\w*(${person.replace(/\b[a-z]/g, first => first.toUpperCase())})s?(Ids?)?|onBehalfOf|\\w*By)$`,
)

const deepest = 8
const mostFields = 200

/**
 * What is sealed of a definition's events: its personal fields, and ids of people where they are addresses by their form.
 * Those are the members that personal fields have as their subjects, and those that are named like ids of people.
 */
export function sealedFields({ personal = [], payload }: EventDefinition): readonly PersonalField[] {
  const fields = new Map<string, PersonalField>()
  for (const field of personal) if (!fields.has(field.pointer)) fields.set(field.pointer, field)
  for (const pointer of [...personal.map(({ subject }) => subject), ...personPointers(payload as JsonObject)])
    if (!fields.has(pointer) && fields.size < mostFields)
      fields.set(pointer, { pointer, subject: pointer, kind: 'id', form: 'address' })
  return [...fields.values()]
}

function personPointers(schema: JsonValue | undefined, pointer = '', depth = 0): string[] {
  if (!isJsonObject(schema) || depth > deepest) return []
  const { properties, items, anyOf, oneOf, allOf } = schema
  const members = Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, member]) => {
    const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const named = personName.test(name) ? textPlaces(member, place) : []
    return [...named, ...personPointers(member, place, depth + 1)]
  })
  const branches = [anyOf, oneOf, allOf].flatMap(list => (Array.isArray(list) ? list : []))
  return [
    ...members,
    ...personPointers(items, `${pointer}/*`, depth + 1),
    ...branches.flatMap(branch => personPointers(branch, pointer, depth + 1)),
  ]
}

/** The place itself where a text may stand there, or every item of a list of texts. */
function textPlaces(schema: JsonValue, place: string): string[] {
  if (!isJsonObject(schema)) return []
  const { type, items, anyOf } = schema
  const types = Array.isArray(type) ? type : [type]
  const own = types.includes('string') ? [place] : []
  const ofItems = isJsonObject(items) && items['type'] === 'string' ? [`${place}/*`] : []
  const ofBranches = Array.isArray(anyOf) ? anyOf.flatMap(branch => textPlaces(branch, place)) : []
  return [...own, ...ofItems, ...ofBranches]
}
