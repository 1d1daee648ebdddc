import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { schemaCases } from '../fixtures/arbitrary-schema.ts'
import { closed } from '../fixtures/codec-cases.ts'
import type { FieldNumbers } from './field-numbers.ts'
import { assignNumbers } from './field-numbers.ts'
import { toProtoFile } from './to-proto-file.ts'

const buf = join(dirname(createRequire(import.meta.url).resolve('@bufbuild/buf/package.json')), 'bin/buf')
const folder = mkdtempSync(join(tmpdir(), 'keelson-buf-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The rules of STANDARD, and of WIRE_JSON for what breaks: enough for the bytes and for protobuf's JSON. */
const config = JSON.stringify({
  version: 'v2',
  lint: { use: ['STANDARD'] },
  breaking: { use: ['WIRE_JSON'] },
})

function writeModule(name: string, text: string): string {
  const module = join(folder, name)
  mkdirSync(join(module, 'acme/things/v1'), { recursive: true })
  writeFileSync(join(module, 'buf.yaml'), config)
  writeFileSync(join(module, 'acme/things/v1/things.proto'), text)
  return module
}

/** What buf says; empty where it has nothing against it. */
function run(...words: readonly string[]): string {
  try {
    return execFileSync(process.execPath, [buf, ...words, '--disable-symlinks'], {
      cwd: folder,
      env: { HOME: folder, PATH: process.env['PATH'] },
      encoding: 'utf8',
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    return `${stdout}${stderr}` || 'failed without a word'
  }
}

interface Named {
  readonly type: string
  readonly schema: JsonObject
}

function fileOf(schemas: readonly Named[], numbers: Readonly<Record<string, FieldNumbers>>): string {
  const definitions = schemas.map(({ type, schema }) => ({ type, summary: `A ${type}.`, payload: schema }))
  return toProtoFile(definitions, { package: 'acme.things.v1', numbers })
}

function numbersOf(schemas: readonly Named[], previous: Readonly<Record<string, FieldNumbers>> = {}) {
  return Object.fromEntries(schemas.map(({ type, schema }) => [type, assignNumbers(previous[type], schema)]))
}

const cases = fc.sample(schemaCases, { numRuns: 300, seed: 7 }).map(({ schema }) => schema)
/** Names that become the same in the style of protobuf, or in its JSON. */
const alike = closed({
  note: { type: ['string', 'null'] },
  noteIsNull: { type: 'string' },
  note_is_null: { type: 'string' },
  'a/b': { type: 'string' },
  a_b: { type: 'string' },
  aB: { type: 'string' },
  'half"done\\': { type: 'string' },
  'line\nbreak': { type: 'string' },
  '[x]': { type: 'string' },
  color: { enum: ['red', 'Red', 'RED ', '', 'unspecified'] },
})
const before: readonly Named[] = cases
  .slice(0, 150)
  .map((schema, index) => ({ type: `Thing${index}`, schema }))
/** Other members, of other forms: the most that a revision could do. */
const after: readonly Named[] = cases.slice(150).map((schema, index) => ({ type: `Thing${index}`, schema }))

describe('buf, of files that were derived', () => {
  it('finds them well formed and in good style', () => {
    const module = writeModule('lint', fileOf(before, numbersOf(before)))
    expect(run('lint', module)).toBe('')
  })

  it('takes names that are alike', () => {
    const schemas = [{ type: 'Thing', schema: alike }]
    expect(run('lint', writeModule('alike', fileOf(schemas, numbersOf(schemas))))).toBe('')
  })

  it('finds nothing that breaks in what the numbers of an earlier version led to', () => {
    const old = numbersOf(before)
    const older = writeModule('older', fileOf(before, old))
    const newer = writeModule('newer', fileOf(after, numbersOf(after, old)))
    expect(run('lint', newer)).toBe('')
    expect(run('breaking', newer, '--against', older)).toBe('')
  })

  it('does find what breaks where the numbers were assigned anew', () => {
    const older = writeModule('older', fileOf(before, numbersOf(before)))
    const newer = writeModule('newer', fileOf(after, numbersOf(after)))
    expect(run('breaking', newer, '--against', older)).toContain('deleted without reserving')
  })
})
