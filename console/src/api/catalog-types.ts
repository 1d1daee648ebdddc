import type {
  CommandDocument as CatalogCommand,
  CatalogDocument,
  EventDocument as CatalogEvent,
  EventDetailDocument as CatalogEventDetail,
  TopicDocument as CatalogTopic,
  VersionPair as Comparison,
  SchemaChange as Difference,
} from '@keelson/server/api'

/** Shapes of the catalogue, as `GET /v1/catalog` and what is below it answer. */
export type {
  CatalogCommand,
  CatalogDocument,
  CatalogEvent,
  CatalogEventDetail,
  CatalogTopic,
  Comparison,
  Difference,
}

/** A schema that is an object: its keywords. */
export type Keywords = CatalogEvent['schema']
export type JsonSchema = boolean | Keywords
export type PersonalField = CatalogEvent['personal'][number]
export type RetryPolicy = NonNullable<CatalogEvent['retry']>
export type ChangelogEntry = CatalogEventDetail['changelog'][number]
export type Verdict = Comparison['verdict']
