import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import type { SchemaObject } from '../schema/node.ts'
import { nameOfFragment, pointerToken } from '../schema/pointer.ts'

/**
 * A view changes what definitions mean, but not within `not`, `if` and the like, where a wider schema would make the
 * whole narrower. There, references lead to copies of the definitions as they were written.
 */
export interface AsWritten {
  /** The schema with its references led to the copies. */
  keep(schema: JsonValue): JsonValue
  /** The document with the copies that are needed; undefined where a reference could not be followed. */
  complete(document: JsonObject): JsonObject | undefined
}

const suffix = '.asWritten'
const documentCopy = `document${suffix}`
const notData: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples'])

export function createAsWritten(original: SchemaObject): AsWritten {
  const copies = new Map<string, JsonValue>()
  const pending: string[] = []
  let isOdd = false

  const keep = (schema: JsonValue): JsonValue => {
    if (Array.isArray(schema)) return schema.map(keep)
    if (!isJsonObject(schema)) return schema
    if ('$id' in schema || '$anchor' in schema || '$dynamicRef' in schema) isOdd = true
    return Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => {
        if (keyword === '$ref' && typeof value === 'string') return [keyword, leadToCopy(value)]
        return [keyword, notData.has(keyword) ? value : keep(value)]
      }),
    )
  }

  const leadToCopy = (reference: string): string => {
    const place = /^#(?:\/(\$defs|definitions)\/([^/]+))?$/.exec(reference)
    if (place === null) {
      isOdd = true
      return reference
    }
    if (!copies.has(reference)) {
      copies.set(reference, true)
      pending.push(reference)
    }
    return copyOf(place)
  }

  const complete = (document: JsonObject): JsonObject | undefined => {
    let completed = document
    for (let reference = pending.pop(); reference !== undefined; reference = pending.pop()) {
      const [, section = '$defs', token = ''] = /^#(?:\/([^/]+)\/(.+))?$/.exec(reference) ?? []
      const name = nameOfFragment(token)
      const target = reference === '#' ? bare(original) : memberOf(original[section], name)
      if (target === undefined) return undefined
      const holder = memberOf(completed, section)
      const copy = reference === '#' ? documentCopy : `${name}${suffix}`
      completed = {
        ...completed,
        [section]: { ...(isJsonObject(holder) ? holder : {}), [copy]: keep(target) },
      }
    }
    return isOdd ? undefined : completed
  }

  return { keep, complete }
}

function copyOf([reference, section, token]: RegExpExecArray): string {
  return reference === '#' ? `#/$defs/${pointerToken(documentCopy)}` : `#/${section}/${token}${suffix}`
}

function memberOf(holder: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined
}

/** The document without what belongs to it alone. */
function bare(document: SchemaObject): JsonObject {
  const { $schema: _schema, $id: _id, $defs: _defs, definitions: _definitions, ...rest } = document
  return rest
}
