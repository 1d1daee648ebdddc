import type { EventDefinition, JsonObject, JsonValue, PersonalField } from '../core/index.ts'
import { isJsonObject } from '../core/index.ts'

/** Members that name a person, by what they are called: `userId`, `approverIds`, `toggledBy`, `onBehalfOf`. */
const person =
  'user|actor|author|approver|assignee|contact|customer|employee|member|owner|patient|person|principal|recipient|requester|reviewer|subject'
const personName = new RegExp(
  `^((${person})s?(Ids?)?|\\w*(${person.replace(/\b[a-z]/g, first => first.toUpperCase())})s?(Ids?)?|onBehalfOf|\\w*By)$`,
)

/** What an action is done to, and what of it names a person where it is one. */
const thingName = /^(resource|target|\w*(Resource|Target))s?$/
const nameOfPerson =
  /^(name|\w*Name|e?mail|\w*Mail|\w*Email|phone|\w*Phone|telephone|login|label|title|url|avatar|address)$/

const deepest = 8
const mostFields = 200

/**
 * What is sealed of a definition's events: its personal fields, and ids of people where they are addresses by their form.
 * Those are the members that personal fields have as their subjects, and those that are named like ids of people. Of a
 * resource or target that is a person by its kind the names are sealed too, for its id.
 */
export function sealedFields({ personal = [], payload }: EventDefinition): readonly PersonalField[] {
  const fields = new Map<string, PersonalField>()
  for (const field of personal) if (!fields.has(field.pointer)) fields.set(field.pointer, field)
  for (const pointer of [...personal.map(({ subject }) => subject), ...personPointers(payload as JsonObject)])
    if (!fields.has(pointer) && fields.size < mostFields)
      fields.set(pointer, { pointer, subject: pointer, kind: 'id', form: 'address' })
  for (const field of thingFields(payload as JsonObject))
    if (!fields.has(field.pointer) && fields.size < mostFields) fields.set(field.pointer, field)
  return [...fields.values()]
}

/** Of what an action is done to, with its kind and id: what is personal where its kind says a person. */
function thingFields(schema: JsonValue | undefined, pointer = '', depth = 0): PersonalField[] {
  return branchesOf(schema, pointer, depth).flatMap(({ properties, place }) =>
    Object.entries(properties).flatMap(([name, member]) => {
      const inside = `${place}/${tokenOf(name)}`
      const own = thingName.test(name)
        ? branchesOf(member, inside, depth + 1).flatMap(thing => personFields(thing))
        : []
      return [...own, ...thingFields(member, inside, depth + 1)]
    }),
  )
}

function personFields({ properties, place }: Branch): PersonalField[] {
  if (properties['type'] === undefined || properties['id'] === undefined) return []
  const [subject, when] = [`${place}/id`, { kind: `${place}/type` }]
  const names = Object.keys(properties).filter(name => nameOfPerson.test(name))
  return [
    ...names.map(name => ({ pointer: `${place}/${tokenOf(name)}`, subject, kind: 'name', when })),
    { pointer: subject, subject, kind: 'id', form: 'address', when },
  ]
}

const tokenOf = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

interface Branch {
  readonly properties: JsonObject
  readonly place: string
}

/** The objects that may stand there: itself, the items of a list, alternatives. */
function branchesOf(schema: JsonValue | undefined, place: string, depth: number): Branch[] {
  if (!isJsonObject(schema) || depth > deepest) return []
  const { properties, items, anyOf, oneOf, allOf } = schema
  const others = [anyOf, oneOf, allOf].flatMap(list => (Array.isArray(list) ? list : []))
  return [
    ...(isJsonObject(properties) ? [{ properties, place }] : []),
    ...branchesOf(items, `${place}/*`, depth + 1),
    ...others.flatMap(other => branchesOf(other, place, depth + 1)),
  ]
}

function personPointers(schema: JsonValue | undefined, pointer = '', depth = 0): string[] {
  return branchesOf(schema, pointer, depth).flatMap(({ properties, place }) =>
    Object.entries(properties).flatMap(([name, member]) => {
      const inside = `${place}/${tokenOf(name)}`
      const named = personName.test(name) ? textPlaces(member, inside) : []
      return [...named, ...personPointers(member, inside, depth + 1)]
    }),
  )
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
