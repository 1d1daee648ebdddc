import type { EventDefinition } from '../../core/index.ts'
import { canonicalJson, platformTenant } from '../../core/index.ts'
import type { CatalogEntry, CatalogVersion } from '../catalog.ts'
import { schemaHash } from '../frozen/schema-document.ts'
import type { EventDetails } from './event-details.ts'
import type { RegistryState, SchemaContent, SubjectState, SubjectVersion } from './registry-state.ts'
import { contentKey, firstBuiltInId, initialState } from './registry-state.ts'

/**
 * The product's event types as subjects of the platform, as if each of their versions had been registered.
 *
 * A schema's id is `firstBuiltInId` and the first 30 bits of its hash. So it is the same in every process, and stays
 * the same whatever is added later. Nothing is looked for where two fall together: which of them came first nobody
 * could tell afterwards, so that the newer one has to be changed by a word before it is frozen.
 *
 * @throws TypeError where two schemas have one id.
 */
export function builtInState(entries: readonly CatalogEntry[]): RegistryState {
  return entries.reduce(withEntry, initialState(platformTenant))
}

/** The id of a schema by its hash. */
export const builtInId = (hash: string): number =>
  firstBuiltInId + Math.floor(Number.parseInt(hash.slice(0, 8), 16) / 4)

function withEntry(state: RegistryState, { definition, versions }: CatalogEntry): RegistryState {
  const contents = versions.map(version => toContent(definition, version))
  const subject: SubjectState = {
    name: definition.type,
    versions: contents.map(toVersion),
    nextVersion: (contents.at(-1)?.origin.version ?? 0) + 1,
    compatibility: 'full_transitive',
    mode: 'READONLY',
    event: toDetails(definition),
    ...deprecationOf(definition),
  }
  const next = contents.reduce(withContent, state)
  return { ...next, subjects: next.subjects.with(subject.name, subject) }
}

function toContent({ type, summary }: EventDefinition, version: CatalogVersion): SchemaContent {
  const hash = schemaHash(version.document)
  return {
    id: builtInId(hash),
    schemaType: 'JSON',
    schema: canonicalJson(version.document),
    hash,
    references: [],
    title: type,
    description: summary,
    uses: 1,
    origin: { subject: type, version: numberOf(version) },
  }
}

/** `1.0` is version 1 of its subject, `1.1` version 2, and `2.0` version 1 of the subject with `V2` in its name. */
const numberOf = ({ version }: CatalogVersion): number => Number(version.split('.')[1]) + 1

const toVersion = ({ id, origin }: SchemaContent): SubjectVersion => ({
  version: origin.version,
  id,
  isDeleted: false,
})

function withContent(state: RegistryState, content: SchemaContent): RegistryState {
  const key = String(content.id)
  const twin = state.contents.get(key)
  if (twin !== undefined)
    throw new TypeError(
      `The schemas of ${twin.origin.subject} and ${content.origin.subject} have the id ${key}: change the newer one`,
    )
  const ids = [{ id: content.id, key: contentKey(content) }]
  return {
    ...state,
    contents: state.contents.with(key, content),
    idsByHash: state.idsByHash.with(content.hash, ids),
  }
}

function toDetails(definition: EventDefinition): EventDetails {
  const { kind, topic, summary, producer, consumers, aggregate, personal = [] } = definition
  return {
    kind,
    topic,
    summary,
    producer,
    consumers: [...consumers],
    ...(aggregate !== undefined && { aggregate }),
    ...(personal.length > 0 && { personal: [...personal] }),
  }
}

function deprecationOf({ deprecated }: EventDefinition): Pick<SubjectState, 'deprecation'> {
  return deprecated === undefined ? {} : { deprecation: { reason: '', ...deprecated } }
}
