import { compareBothWays, schemaHash, toCatalogDocument } from 'keelson'
import { parseAvro } from 'keelson/avro'
import { describe, expect, it } from 'vitest'
import { builtInCatalog, builtInContexts } from './built-in.ts'
import type { ExportFormat } from './export-document.ts'
import { exportDocument, exportFormats } from './export-document.ts'
import { allVersions } from './versions.ts'

const catalog = builtInCatalog()
const document = toCatalogDocument(catalog, { contexts: builtInContexts })
const options = { version: '1.2.3', versions: allVersions(catalog.entries), compare: compareBothWays }
const formats = Object.keys(exportFormats) as ExportFormat[]
const files = (format: ExportFormat) => {
  const made = exportDocument(document, format, options)
  return typeof made === 'string' ? new Map([['', made]]) : made
}

describe('the exported catalogue', () => {
  it.each(formats)('as %s is what it says, the same each time, with every event', format => {
    const made = files(format)
    expect(made.size > 1).toBe(exportFormats[format].isFolder)
    expect([...files(format)]).toEqual([...made])
    const all = [...made].flat().join('\n')
    // Nobody sends what readers derive, so no flow leads to it.
    for (const { type, isDerived } of document.events)
      if (format !== 'mermaid' || !isDerived) expect(all).toContain(type)
    for (const path of made.keys()) expect(path).not.toMatch(/\.\.|^\/|\\/)
  })

  it('has each schema under its version, byte for byte what its hash is of', () => {
    const made = files('jsonschema')
    for (const { type, versions } of document.events)
      for (const { version, hash } of versions)
        expect(schemaHash(JSON.parse(made.get(`events/${type}/${version}.json`) ?? ''))).toBe(hash)
  })

  it('has Avro schemas that Avro takes, named by context', () => {
    for (const [path, text] of files('avro')) {
      expect(() => parseAvro(text)).not.toThrow()
      expect(JSON.parse(text)).toMatchObject({ name: path.replace('.avsc', '') })
    }
    expect(JSON.parse(files('avro').get('UserInvited.avsc') ?? '')).toMatchObject({
      namespace: 'keelson.saas',
    })
  })

  it('keeps the numbers of Protocol Buffers when a member is added', () => {
    const numbersOf = (text: string) =>
      new Map(
        [...text.matchAll(/^ {2}optional \S+ (\w+) = (\d+)/gm)].map(([, name, number]) => [name, number]),
      )
    const event = document.events.find(({ type }) => type === 'SubscriptionActivated')
    if (event === undefined) throw new Error('no such event')
    const properties = { aaa: { type: 'string' }, ...(event.schema['properties'] as object) }
    const schema = { ...event.schema, properties }
    const of = (events: (typeof event)[]) =>
      numbersOf(exportDocument({ ...document, events }, 'proto', options) as string)
    const before = of([event])
    const after = of([{ ...event, schema }])
    expect(before.size).toBeGreaterThan(1)
    for (const [name, number] of before) expect(after.get(name)).toBe(number)
    expect(after.get('aaa')).toBeDefined()
    expect([...before.values()]).not.toContain(after.get('aaa'))
  })
})
