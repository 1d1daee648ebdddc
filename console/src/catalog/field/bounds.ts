import type { Keywords } from '../../api/catalog-types.ts'

const list = (values: unknown): string =>
  Array.isArray(values) ? values.map(value => JSON.stringify(value)).join(', ') : ''

const between = (least: unknown, most: unknown, what: string): string[] => {
  if (least === undefined && most === undefined) return []
  const unit = what === '' ? '' : ` ${what}`
  if (least === most) return [`exactly ${least}${unit}`]
  if (most === undefined) return [`at least ${least}${unit}`]
  if (least === undefined || least === 0) return [`at most ${most}${unit}`]
  return [`${least} to ${most}${unit}`]
}

/** What a schema asks of a value beyond its type, in words. */
export function boundsOf(schema: Keywords): string[] {
  const { format, pattern, multipleOf, uniqueItems, exclusiveMinimum, exclusiveMaximum } = schema
  return [
    ...(schema['const'] === undefined ? [] : [`always ${JSON.stringify(schema['const'])}`]),
    ...(Array.isArray(schema['enum']) ? [`one of ${list(schema['enum'])}`] : []),
    ...(typeof format === 'string' ? [`format ${format}`] : []),
    ...(typeof pattern === 'string' ? [`matches ${pattern}`] : []),
    ...between(schema['minLength'], schema['maxLength'], 'characters'),
    ...between(schema['minimum'], schema['maximum'], ''),
    ...(exclusiveMinimum === undefined ? [] : [`more than ${exclusiveMinimum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`less than ${exclusiveMaximum}`]),
    ...(multipleOf === undefined ? [] : [`a multiple of ${multipleOf}`]),
    ...between(schema['minItems'], schema['maxItems'], 'items'),
    ...(uniqueItems === true ? ['no item twice'] : []),
    ...between(schema['minProperties'], schema['maxProperties'], 'members'),
  ]
}
