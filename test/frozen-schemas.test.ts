import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  frozenNumbersHash,
  readFieldNumbers,
  readFrozenSchemas,
  readOlderSchemas,
  schemaFolder,
} from '@keelson/contexts/schemas'
import { afterAll, describe, expect, test } from 'vitest'
import { changedNumbers, fieldNumbers, judgeRelease, reasons } from '../scripts/catalog/release.ts'

const scratch = mkdtempSync(join(tmpdir(), 'keelson-frozen-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('the frozen schemas', () => {
  const frozen = readFrozenSchemas()

  test('are those of the definitions, and every version of a name is compatible with every other', () => {
    // A change of a definition needs a new version, which `npm run catalog:freeze` writes.
    expect(judgeRelease(frozen)).toEqual({ missing: [], faults: [] })
    for (const newer of frozen) {
      for (const older of frozen.filter(({ type, kind }) => type === newer.type && kind === newer.kind))
        expect(reasons(older.document, newer.document), `${newer.type} ${older.version}`).toEqual([])
    }
  })

  test('have versions that follow each other', () => {
    const versions = frozen.filter(({ type }) => type === 'ReportGenerated').map(({ version }) => version)
    expect(versions).toEqual(['1.0', '1.1'])
  })

  test('give the older versions alone where that is asked for', () => {
    const older = readOlderSchemas().map(({ type, version }) => `${type} ${version}`)
    expect(older).toEqual([
      'HashChainValidationFailed 1.0',
      'LogHoldSet 1.0',
      'LogPolicyRecorded 1.0',
      'LogRetentionRecorded 1.0',
      'ReportGenerated 1.0',
    ])
  })

  test('are found out when somebody changes a file', () => {
    const folder = join(scratch, 'schemas')
    cpSync(schemaFolder, folder, { recursive: true })
    const path = join(folder, 'events/UserInvited/1.0.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"maxLength": 320', '"maxLength": 321'))
    const faults = judgeRelease(readFrozenSchemas(folder)).faults.map(
      ({ type, message }) => `${type} ${message}`,
    )
    expect(faults).toEqual([
      'UserInvited has a frozen schema that was changed: restore the file, it is not what was published',
    ])
  })

  test('keep the numbers of their Protocol Buffers fields', () => {
    for (const { type, numbers } of fieldNumbers(readFieldNumbers)) {
      expect(readFieldNumbers(type), type).toEqual(numbers)
      expect(frozenNumbersHash(type), type).toBeDefined()
    }
    expect(changedNumbers()).toEqual([])
    expect(readFieldNumbers('NoSuchEvent')).toBeUndefined()
  })

  test('are found out when somebody swaps two field numbers', () => {
    const folder = join(scratch, 'numbers')
    cpSync(schemaFolder, folder, { recursive: true })
    const path = join(folder, 'events/SubscriptionActivated/protobuf.json')
    const numbers = readFileSync(path, 'utf8')
    const swapped = numbers
      .replace('"subscriptionId": 1', '"subscriptionId": 2')
      .replace('"editionCode": 2', '"editionCode": 1')
    expect(swapped).not.toBe(numbers)
    writeFileSync(path, swapped)
    expect(changedNumbers(folder).map(({ type }) => type)).toEqual(['SubscriptionActivated'])
  })
})

describe('reasons', () => {
  const old = {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string' } },
    additionalProperties: false,
  }

  test('are none for a member that comes as an option', () => {
    expect(reasons(old, { ...old, properties: { ...old.properties, note: { type: 'string' } } })).toEqual([])
  })

  test('say what breaks, in which direction, with a value', () => {
    const [first] = reasons(old, { ...old, properties: { id: { type: 'string', maxLength: 3 } } })
    expect(first).toContain('the new version does not read the old (incompatible, such as {"id":')
  })
})
