import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHere } from '../fixtures/command-here.ts'

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
    'faults.json': object({
      a: { pattern: '(a+)+$' },
      b: { format: 'telephone' },
      c: { $ref: 'https://x.example/y' },
    }),
    'format.json': '{"format":"nope"}',
    'pattern.json': '{"type":"object","properties":{"a":{"pattern":"^(a+)+$"},"b":{"format":"nope"}}}',
    'large.json': `{"description":"${'x'.repeat(64 * 1024)}"}`,
    'remote.json': '{"$ref":"https://elsewhere.example/x"}',
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const check = (...args: string[]) => runHere(['schema', 'check', ...args], { folder })

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

  it('names all faults of a file at once', async () => {
    const { code, err } = await check('faults.json', 'added.json')
    expect([code, err]).toEqual([2, expect.stringContaining('faults.json is not a schema:')])
    for (const place of ['/properties/a/pattern', '/properties/b/format', '/properties/c/$ref'])
      expect(err).toMatch(new RegExp(`^ {2}${place.replace('$', '\\$')} \\S`, 'm'))
  })

  it.each([
    [['nowhere.json', 'added.json'], 'nowhere.json cannot be read: there is no such file'],
    [['text.txt', 'added.json'], 'text.txt is not JSON'],
    [['list.json', 'added.json'], 'list.json is not a schema'],
    [['odd.json', 'added.json'], 'odd.json is not a schema: /type'],
    [['remote.json', 'added.json'], 'remote.json is not a schema'],
    [['format.json', 'added.json'], 'format.json is not a schema: /format'],
    [['versions', 'format.json'], 'format.json is not a schema: /format'],
    [['pattern.json', 'added.json'], 'pattern.json is not a schema:\n  /properties/a/pattern'],
    [['pattern.json', 'added.json'], '\n  /properties/b/format'],
    [['large.json', 'added.json'], 'large.json cannot be read: it is larger than 64 KiB'],
    [['/dev/zero', 'added.json'], '/dev/zero cannot be read: it is larger than 64 KiB'],
    [['none', 'added.json'], 'has no .json file'],
    [['added.json'], 'Name the older schemas'],
    [
      ['added.json', 'added.json', '--mode', 'sideways'],
      'There is no mode "sideways": name one of "backward", "backward_transitive", "forward"',
    ],
    [
      ['added.json', 'added.json', '--mode', 'none'],
      'The mode "none" compares nothing: name one of "backward"',
    ],
  ])('%j is a mistake of the caller', async (args, words) => {
    const ended = await check(...args)
    expect([ended.code, ended.out, ended.err]).toEqual([2, '', expect.stringContaining(words)])
  })
})
