import type { Catalog, CatalogEntry, CatalogVersion, Codec } from '../catalog/index.ts'
import { sampleValues } from '../catalog/index.ts'
import type { Envelope, JsonValue } from '../core/index.ts'
import { canonicalJson } from '../core/index.ts'

/** What holds of one type of a catalogue. Free of a test runner: `run` throws with what is wrong. */
export interface CatalogContractCase {
  readonly name: string
  run(): Promise<void>
}

export interface CatalogContractOptions {
  /** Values to make of each schema; default 20. */
  readonly samples?: number
  /** The same seed makes the same values; default 1. */
  readonly seed?: number
  /** The encodings of a version; default none. */
  readonly codecsOf?: (type: string, version: CatalogVersion) => readonly Codec[]
}

/**
 * The contract between producers and consumers of every event in the catalogue, from its definition alone: examples and
 * made values are valid at both ends, every version is read as every other that casters lead to, and encodings give
 * back what they were given.
 */
export function catalogContract(
  catalog: Catalog,
  options: CatalogContractOptions = {},
): readonly CatalogContractCase[] {
  return catalog.entries.flatMap(entry => casesOf(catalog, entry, options))
}

function casesOf(
  catalog: Catalog,
  entry: CatalogEntry,
  { samples = 20, seed = 1, codecsOf = () => [] }: CatalogContractOptions,
): CatalogContractCase[] {
  const { type } = entry.definition
  const made = (version: CatalogVersion) => sampleValues(version.document, { count: samples, seed })
  const perVersion = entry.versions.flatMap((version): CatalogContractCase[] => {
    const name = `${type} ${version.version}`
    const values = () => [...examplesOf(version), ...made(version)]
    return [
      {
        name: `${name}: examples and made values are valid for its producer and its consumers`,
        async run() {
          for (const value of values()) {
            version.validator(value)
            version.reader(value)
          }
          if (values().length === 0)
            throw new Error('There is neither an example nor a value that could be made')
        },
      },
      {
        name: `${name}: its consumers pass over members that they do not know`,
        async run() {
          for (const value of examplesOf(version)) {
            if (typeof value === 'object' && value !== null && !Array.isArray(value))
              version.reader({ ...value, aMemberOfTheFuture: true })
          }
        },
      },
      ...codecsOf(type, version).map(codec => ({
        name: `${name}: ${codec.contentType} gives back what it was given`,
        async run() {
          for (const value of values()) {
            const [given, back] = [canonicalJson(value), canonicalJson(codec.decode(codec.encode(value)))]
            if (given !== back) throw new Error(`${given} came back as ${back}`)
          }
        },
      })),
    ]
  })
  const pairs = entry.versions.flatMap(from =>
    entry.versions.filter(to => to !== from).map(to => readingCase(catalog, type, from, to)),
  )
  return [...perVersion, ...pairs]
}

function readingCase(
  catalog: Catalog,
  type: string,
  from: CatalogVersion,
  to: CatalogVersion,
): CatalogContractCase {
  return {
    name: `${type} ${from.version}: its examples can be read as ${to.version}`,
    async run() {
      for (const example of examplesOf(from)) {
        // A consumer that knows nothing of casters, and one that asks for its version.
        to.reader(example)
        const read = catalog.read(envelopeOf(type, from.version, example), [`${type}@${to.version}`])
        if (read.schemaVersion !== to.version) throw new Error(`It was read as ${read.schemaVersion}`)
        to.validator(read.payload)
      }
    },
  }
}

const examplesOf = ({ document }: CatalogVersion): readonly JsonValue[] =>
  Array.isArray(document['examples']) ? document['examples'] : []

function envelopeOf(eventType: string, schemaVersion: string, payload: JsonValue): Envelope {
  return {
    eventId: 'evt-contract',
    eventType,
    schemaVersion,
    tenantId: 'contract',
    source: 'contract',
    occurredAt: '2026-06-11T09:00:01Z',
    correlationId: 'evt-contract',
    traceId: 'trace-contract',
    payload,
  }
}
