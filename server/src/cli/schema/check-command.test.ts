import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runKeelson } from '../fixtures/keelson-process.ts'

let folder: string
const text = { type: 'string' }
const object = (properties: object, more: object = {}) =>
  JSON.stringify({ type: 'object', properties, additionalProperties: false, ...more })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-schema-'))
  mkdirSync(join(folder, 'versions'))
  mkdirSync(join(folder, 'none'))
  const files = {
    'versions/1.2.json': object({ a: text }),
    'versions/1.10.json': object({ a: text, b: text }),
    'versions/1.1.json': object({ a: text, old: text }, { required: ['old'] }),
    'added.json': object({ a: text, b: text, c: text }),
    'required.json': object({ a: text }, { required: ['a'] }),
    'text.txt': 'type: object',
    'list.json': '[]',
    'odd.json': '{"type":"strng"}',
    'remote.json': '{"$ref":"https://elsewhere.example/x"}',
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const check = (...args: string[]) => runKeelson(['schema', 'check', ...args], { folder })

describe('keelson schema check', () => {
  it('ends with 0 where a schema may follow, and says what differs', async () => {
    const ended = await check('versions/1.2.json', 'added.json', '--mode', 'full')
    expect([ended.code, ended.err]).toEqual([0, ''])
    expect(ended.out).toContain('added.json reads what was written with versions/1.2.json: compatible')
    expect(ended.out).toMatch(/full: compatible\n$/)
  })

  it('ends with 1 where it may not, with a value that shows it', async () => {
    const ended = await check('versions/1.2.json', 'required.json', '--mode', 'backward')
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining('required.json is not compatible')])
    expect(ended.out).toMatch(/^ {2}breaks {2}\S/m)
    expect(ended.out).toMatch(/^ {2}for example \{/m)
    const forward = await check('versions/1.2.json', 'required.json', '--mode', 'forward')
    expect(forward.code).toBe(0)
  })

  it('takes a folder in the order of the numbers of its versions', async () => {
    const [newest, all, json] = await Promise.all([
      check('versions', 'added.json', '--mode', 'forward'),
      check('versions', 'added.json', '--mode', 'forward_transitive'),
      check('versions', 'added.json', '--mode', 'forward_transitive', '--json'),
    ])
    expect([newest.code, newest.out]).toEqual([0, expect.stringContaining('versions/1.10.json')])
    expect([all.code, all.out]).toEqual([1, expect.stringContaining('versions/1.1.json: incompatible')])
    const { comparisons } = JSON.parse(json.out) as { comparisons: { against: string; verdict: string }[] }
    expect(comparisons.map(({ against, verdict }) => [against, verdict])).toEqual([
      ['versions/1.10.json', 'compatible'],
      ['versions/1.2.json', 'compatible'],
      ['versions/1.1.json', 'incompatible'],
    ])
  })

  it('takes closed schemas as they are written where it is strict', async () => {
    const args = ['versions/1.2.json', 'added.json', '--mode', 'forward']
    const [lenient, strict] = await Promise.all([check(...args), check(...args, '--strict')])
    expect([lenient.code, strict.code]).toEqual([0, 1])
  })

  it.concurrent.each([
    [['nowhere.json', 'added.json'], 'nowhere.json cannot be read: there is no such file'],
    [['text.txt', 'added.json'], 'text.txt is not JSON'],
    [['list.json', 'added.json'], 'list.json is not a schema'],
    [['odd.json', 'added.json'], 'odd.json is not a schema: /type'],
    [['remote.json', 'added.json'], 'remote.json is not a schema'],
    [['none', 'added.json'], 'has no .json file'],
    [['added.json'], 'Name the older schemas'],
    [
      ['added.json', 'added.json', '--mode', 'sideways'],
      'There is no mode "sideways"; there are none, backward',
    ],
  ])('%j is a mistake of the caller', async (args, words) => {
    const ended = await check(...args)
    expect([ended.code, ended.out, ended.err]).toEqual([2, '', expect.stringContaining(words)])
  })
})
