/** What the value of a keyword has to be, and whether it holds further schemas. */
export type KeywordKind =
  | 'schema'
  | 'schemaList'
  | 'namedSchemas'
  | 'patternSchemas'
  | 'items'
  | 'dependencies'
  | 'count'
  | 'number'
  | 'positive'
  | 'flag'
  | 'text'
  | 'names'
  | 'namesByName'
  | 'type'
  | 'enum'
  | 'list'
  | 'pattern'
  | 'format'
  | 'reference'
  | 'anchor'
  | 'identifier'
  | 'dialect'
  | 'unsupported'

/** The keywords of drafts 07 and 2020-12 that mean something here; others are annotations and are let be. */
export const keywordKinds: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ['$schema', 'dialect'],
  ['$id', 'identifier'],
  ['$ref', 'reference'],
  ['$anchor', 'anchor'],
  ['$defs', 'namedSchemas'],
  ['definitions', 'namedSchemas'],
  ['$comment', 'text'],
  ['$dynamicRef', 'unsupported'],
  ['$dynamicAnchor', 'unsupported'],
  ['$recursiveRef', 'unsupported'],
  ['$recursiveAnchor', 'unsupported'],
  ['$vocabulary', 'unsupported'],
  ['id', 'text'],
  ['title', 'text'],
  ['description', 'text'],
  ['examples', 'list'],
  ['deprecated', 'flag'],
  ['readOnly', 'flag'],
  ['writeOnly', 'flag'],
  ['type', 'type'],
  ['enum', 'enum'],
  ['multipleOf', 'positive'],
  ['maximum', 'number'],
  ['exclusiveMaximum', 'number'],
  ['minimum', 'number'],
  ['exclusiveMinimum', 'number'],
  ['maxLength', 'count'],
  ['minLength', 'count'],
  ['pattern', 'pattern'],
  ['format', 'format'],
  ['contentEncoding', 'text'],
  ['contentMediaType', 'text'],
  ['maxItems', 'count'],
  ['minItems', 'count'],
  ['uniqueItems', 'flag'],
  ['maxContains', 'count'],
  ['minContains', 'count'],
  ['prefixItems', 'schemaList'],
  ['items', 'items'],
  ['additionalItems', 'schema'],
  ['unevaluatedItems', 'schema'],
  ['contains', 'schema'],
  ['maxProperties', 'count'],
  ['minProperties', 'count'],
  ['required', 'names'],
  ['dependentRequired', 'namesByName'],
  ['properties', 'namedSchemas'],
  ['patternProperties', 'patternSchemas'],
  ['additionalProperties', 'schema'],
  ['unevaluatedProperties', 'schema'],
  ['propertyNames', 'schema'],
  ['dependentSchemas', 'namedSchemas'],
  ['dependencies', 'dependencies'],
  ['allOf', 'schemaList'],
  ['anyOf', 'schemaList'],
  ['oneOf', 'schemaList'],
  ['not', 'schema'],
  ['if', 'schema'],
  ['then', 'schema'],
  ['else', 'schema'],
])

export const typeNames: readonly string[] = [
  'null',
  'boolean',
  'object',
  'array',
  'number',
  'integer',
  'string',
]

/** Formats that are asserted; any other would be passed over in silence. */
export const formatNames: readonly string[] = [
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'idn-email',
  'idn-hostname',
  'ipv4',
  'ipv6',
  'iri',
  'iri-reference',
  'json-pointer',
  'regex',
  'relative-json-pointer',
  'time',
  'uri',
  'uri-reference',
  'uri-template',
  'url',
  'uuid',
]

export const dialects: readonly string[] = [
  'https://json-schema.org/draft/2020-12/schema',
  'http://json-schema.org/draft-07/schema',
  'https://json-schema.org/draft-07/schema',
]
