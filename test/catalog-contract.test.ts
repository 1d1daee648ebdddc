import * as contexts from '@keelson/contexts'
import { readFieldNumbers, readFrozenSchemas } from '@keelson/contexts/schemas'
import type { CatalogVersion, Codec } from 'keelson'
import { createCatalog, jsonCodec } from 'keelson'
import { avroCodec, toAvroSchema } from 'keelson/avro'
import type { FieldNumbers } from 'keelson/protobuf'
import { protobufCodec } from 'keelson/protobuf'
import { catalogContract } from 'keelson/testing'
import { describe, expect, test } from 'vitest'

const manifests = Object.values(contexts)
const catalog = createCatalog(
  manifests.flatMap(context => context.events),
  { casters: manifests.flatMap(context => context.casters ?? []), frozen: readFrozenSchemas() },
)

function codecsOf(type: string, { version, document }: CatalogVersion): readonly Codec[] {
  const name = `${type}_${version.replace('.', '_')}`
  return [
    jsonCodec(),
    avroCodec({ writer: toAvroSchema(document, { name, namespace: 'keelson' }) }),
    protobufCodec({ schema: document, numbers: readFieldNumbers(type) as unknown as FieldNumbers }),
  ]
}

describe('every event of the catalogue', () => {
  const cases = catalogContract(catalog, { codecsOf })

  test('has cases', () => {
    expect(cases.length).toBeGreaterThan(catalog.entries.length * 4)
    expect(cases.some(({ name }) => name === 'ReportGenerated 1.0: its examples can be read as 1.1')).toBe(
      true,
    )
    expect(cases.some(({ name }) => name === 'ReportGenerated 1.1: its examples can be read as 1.0')).toBe(
      true,
    )
  })

  test.each(cases)('$name', one => one.run())
})

test('a contract that is broken is told', async () => {
  const [entry] = catalog.entries
  if (!entry) throw new Error('The catalogue is empty')
  const forgetful: Codec = {
    contentType: 'application/none',
    encode: () => new Uint8Array(),
    decode: () => ({}),
  }
  const broken = catalogContract({ ...catalog, entries: [entry] }, { codecsOf: () => [forgetful] })
  const coded = broken.find(({ name }) => name.includes('application/none'))
  await expect(coded?.run()).rejects.toThrow('came back as {}')
})
