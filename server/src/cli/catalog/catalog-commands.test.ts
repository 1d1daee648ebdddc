import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CatalogDocument, EventDocument } from 'keelson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtInCatalog } from '../../catalog/index.ts'
import { runHere } from '../fixtures/command-here.ts'
import { runKeelson } from '../fixtures/keelson-process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-catalog-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => runHere(args, { folder })
const json = <Value>(text: string) => JSON.parse(text) as Value
const file = (name: string) => readFileSync(join(folder, name), 'utf8')

describe('keelson catalog list and show', () => {
  it('list what a filter leaves, without a server', async () => {
    const [all, part, none] = await Promise.all([
      run('catalog', 'list', '--json'),
      run('catalog', 'list', '--kind', 'integration', '--context', 'saas', '--search', 'userinvited'),
      run('catalog', 'list', '--topic', 'identity-events', '--search', 'no-such-word'),
    ])
    const types = all.out
      .trim()
      .split('\n')
      .map(line => json<EventDocument>(line).type)
    expect(types).toEqual(builtInCatalog().entries.map(entry => entry.definition.type))
    expect(part.code).toBe(0)
    expect(part.out).toMatch(/^UserInvited +1\.0 +integration +identity-events +\S/m)
    expect(part.out).not.toContain('SubscriptionActivated')
    expect([none.code, none.out, none.err]).toEqual([0, '', 'No event type matches.\n'])
  })

  it('list commands and topics too, and say where else a word that is searched stands', async () => {
    const [commands, topics, all, found, json] = await Promise.all([
      run('catalog', 'list', '--what', 'commands', '--context', 'saas'),
      run('catalog', 'list', '--what', 'topics', '--topic', 'identity-events'),
      run('catalog', 'list', '--what', 'all', '--search', 'InviteUser'),
      run('catalog', 'list', '--search', 'InviteUser'),
      run('catalog', 'list', '--what', 'all', '--search', 'InviteUser', '--json'),
    ])
    expect(commands.out).toMatch(/^InviteUser +1\.0 +User +\S/m)
    expect(commands.out).not.toMatch(/^UserInvited/m)
    expect(topics.out).toMatch(/^identity-events +\d+ events +\S.*\n$/)
    expect(all.out).toMatch(/^command +InviteUser +1\.0 +User +\S/m)
    expect([found.code, found.err]).toEqual([
      0,
      expect.stringMatching(/^(No event type matches\. )?Also found: 1 command \(--what all\)\.\n$/),
    ])
    expect(json.out).toMatch(/^\{"what":"command","type":"InviteUser",/m)
  })

  it('show an event, a command, a topic, and the schema of a version', async () => {
    const [event, command, topic, version, plain] = await Promise.all([
      run('catalog', 'show', 'UserInvited'),
      run('catalog', 'show', 'InviteUser'),
      run('catalog', 'show', 'identity-events'),
      run('catalog', 'show', 'UserInvited', '--version', '1.0'),
      run('catalog', 'show', 'UserInvited', '--json'),
    ])
    expect(event.out).toMatch(/^ordering key +\{payload\.userId\}$/m)
    expect(event.out).toMatch(/^ {2}email +text, 1 to 320(, required)?, personal\. /m)
    expect(command.out).toMatch(/^leads to +UserInvited$/m)
    expect(command.out).toMatch(/^Personal data\n {2}\/email \(email\), of the person that \/userId names$/m)
    expect(topic.out).toMatch(/^identity-events \(topic\)\n[\s\S]*^ {2}UserInvited$/m)
    expect(json(version.out)).toMatchObject({ $id: 'urn:keelson:event:UserInvited:1.0' })
    expect(json(plain.out)).toMatchObject({ type: 'UserInvited', context: 'saas' })
  })

  it.each([
    [['catalog', 'show', 'UserInvted'], 3, 'did you mean UserInvited'],
    [
      ['catalog', 'show', 'Nothing-Like-It'],
      3,
      'keelson catalog list --what all shows them\nWhat a tenant registered',
    ],
    [['catalog', 'show', 'identity-events', '--version', '1.0'], 3, 'identity-events is a topic'],
    [['catalog', 'list', '--what', 'all-of-it'], 2, '--what takes events, commands, topics or all'],
    [['catalog', 'list', '--context', 'saaas'], 2, 'There is no context "saaas": did you mean saas?'],
    [['catalog', 'list', '--context', 'identity'], 2, 'There is no context "identity": there are '],
    [['catalog', 'list', '--topic', 'identity-event'], 2, 'did you mean identity-events'],
    [['catalog', 'list', '--topic', 'nothing-like-it'], 2, 'keelson catalog list --what topics shows them'],
    [['catalog', 'show', 'UserInvited', '--version', '9.9'], 3, 'there are 1.0'],
    [['catalog', 'list', '--kind', 'odd'], 2, '--kind takes domain, integration, system'],
    [['catalog', 'export', '--format', 'pdf'], 2, 'there are json, asyncapi'],
    [['catalog', 'export', '--format', 'markdown'], 2, 'name a folder with --output'],
    [['catalog', 'export', '--format', 'json', '--context', 'odd'], 2, 'There is no context "odd"'],
    [['catalog', 'diff'], 2, 'Name an event type'],
    [['catalog', 'diff', 'UserInvited'], 2, 'has one version only'],
    [['catalog', 'diff', 'UserInvited', '1.0', '7.0'], 3, 'there are 1.0'],
    [['catalog', 'diff', '--against', 'nowhere.json'], 2, 'There is no file or folder nowhere.json'],
    [['catalog', 'export', '--format', 'json', '--output', 'no/where.json'], 2, 'There is no folder'],
    [['catalog', 'export', '--format', 'avro', '--output', 'no/where'], 2, 'There is no folder'],
    [['catalog', 'export', '--format', 'json', '--output', '.'], 2, 'is a folder; this format is one file'],
    [['codegen', '--lang', 'cobol'], 2, 'there are ts, python, go'],
  ] as const)('%j ends with %i', async (args, code, words) => {
    const ended = await run(...args)
    expect([ended.code, ended.out, ended.err]).toEqual([code, '', expect.stringContaining(words)])
  })
})

describe('the real command', () => {
  it('has the catalogue, a comparison and generated code', async () => {
    writeFileSync(join(folder, 'nothing.json'), '{"type":"object","required":["a"]}')
    writeFileSync(join(folder, 'something.json'), '{"type":"object"}')
    const [list, check, generated] = await Promise.all([
      runKeelson(['catalog', 'list', '--topic', 'identity-events'], { folder }),
      runKeelson(['schema', 'check', 'something.json', 'nothing.json', '--mode', 'backward'], { folder }),
      runKeelson(['codegen', '--lang', 'ts'], { folder }),
    ])
    expect([list.code, list.err, list.out]).toEqual([0, '', expect.stringMatching(/^UserInvited /m)])
    expect([check.code, check.err]).toEqual([1, 'keelson: nothing.json is not compatible\n'])
    expect([generated.code, generated.out]).toEqual([
      0,
      expect.stringContaining('export type KeelsonEvent ='),
    ])
  })
})

describe('keelson catalog export', () => {
  it('writes a file or a folder, and the same again when nothing changed', async () => {
    const [schemas, markdown, asyncApi] = await Promise.all([
      run('catalog', 'export', '--format', 'jsonschema', '--output', 'schemas'),
      run('catalog', 'export', '--format', 'markdown', '--output', 'pages', '--context', 'saas'),
      run('catalog', 'export', '--format', 'asyncapi'),
    ])
    expect([schemas.code, markdown.code, asyncApi.code]).toEqual([0, 0, 0])
    expect(json(file('schemas/events/UserInvited/1.0.json'))).toMatchObject({ title: 'UserInvited' })
    expect(file('pages/README.md')).toMatch(/^# Catalogue\n/)
    expect(existsSync(join(folder, 'pages/events/PolicyDecisionRecorded.md'))).toBe(false)
    expect(json(asyncApi.out)).toMatchObject({ asyncapi: '3.0.0' })
    expect((await run('catalog', 'export', '--format', 'jsonschema', '--output', 'schemas')).code).toBe(0)
    expect(readdirSync(join(folder, 'schemas')).sort()).toEqual(['commands', 'events'])
  })

  it('leaves a folder with other things in it alone, unless it is forced', async () => {
    mkdirSync(join(folder, 'mine'))
    writeFileSync(join(folder, 'mine/letter.txt'), 'dear')
    const args = ['catalog', 'export', '--format', 'avro', '--output', 'mine']
    const refused = await run(...args)
    expect([refused.code, refused.err]).toEqual([5, expect.stringContaining('letter.txt')])
    expect(readdirSync(join(folder, 'mine'))).toEqual(['letter.txt'])
    expect((await run(...args, '--force')).code).toBe(0)
    expect(file('mine/letter.txt')).toBe('dear')
    expect(json(file('mine/UserInvited.avsc'))).toMatchObject({ type: 'record', name: 'UserInvited' })
  })
})

describe('keelson catalog diff', () => {
  it('tells what became of an exported catalogue, and ends with 1 where readers are left behind', async () => {
    const [exported, folderOf] = await Promise.all([
      run('catalog', 'export', '--format', 'json', '--output', 'before.json'),
      run('catalog', 'export', '--format', 'jsonschema', '--output', 'before'),
    ])
    expect([exported.code, folderOf.code]).toEqual([0, 0])
    const same = await Promise.all(
      ['before.json', 'before'].map(place => run('catalog', 'diff', '--against', place)),
    )
    for (const one of same) expect([one.code, one.out, one.err]).toEqual([0, '', 'Nothing differs.\n'])

    const { events, ...rest } = json<CatalogDocument>(file('before.json'))
    const changed = events
      .filter(event => event.type !== 'UserActivated')
      .map(event =>
        event.type === 'UserInvited'
          ? { ...event, schema: { ...event.schema, required: ['userId', 'email'] } }
          : event,
      )
    const gone = { ...(events[0] as EventDocument), type: 'GoneAway' }
    writeFileSync(join(folder, 'other.json'), JSON.stringify({ ...rest, events: [...changed, gone] }))
    const diff = await run('catalog', 'diff', '--against', 'other.json')
    expect(diff.code).toBe(1)
    expect(diff.out).toMatch(/^UserActivated 1\.0: new$/m)
    expect(diff.out).toMatch(/^GoneAway 1\.0: gone/m)
    expect(diff.out).toMatch(
      /^UserInvited 1\.0 to 1\.0: incompatible\n {2}breaks {2}.*\/email.+\n {2}for example \{.*\}, written with 1\.0 as it is, which 1\.0 as exported refuses:\n {4}.*email/m,
    )
    expect(diff.err).toContain('Not compatible: GoneAway, UserInvited')
    const one = await run('catalog', 'diff', 'UserActivated', '--against', 'other.json', '--json')
    expect([one.code, json(one.out)]).toMatchObject([0, { type: 'UserActivated', from: null, to: '1.0' }])
  })

  it('refuses what is no exported catalogue', async () => {
    writeFileSync(join(folder, 'broken.json'), '{"events": [')
    writeFileSync(join(folder, 'list.json'), '[]')
    mkdirSync(join(folder, 'empty'))
    const ends = await Promise.all(
      ['broken.json', 'list.json', 'empty'].map(place => run('catalog', 'diff', '--against', place)),
    )
    expect(ends.map(({ code }) => code)).toEqual([2, 2, 2])
    expect(ends[0]?.err).toContain('broken.json is not JSON')
    expect(ends[1]?.err).toContain('is no catalogue')
    expect(ends[2]?.err).toContain('has no schemas')
  })
})

describe('keelson codegen', () => {
  it('writes a type for every event', async () => {
    const ends = await Promise.all(
      (['ts', 'python', 'go'] as const).map(lang =>
        run('codegen', '--lang', lang, '--output', `events.${lang}`),
      ),
    )
    expect(ends.map(({ code, err }) => [code, err])).toEqual(
      ['ts', 'python', 'go'].map(lang => [0, `events.${lang}: 1 file\n`]),
    )
    for (const { definition } of builtInCatalog().entries) {
      const { type } = definition
      expect(file('events.ts')).toContain(`export interface ${type} extends`)
      expect(file('events.python')).toContain(`class ${type}:`)
      expect(file('events.go')).toContain(`type ${type} struct {`)
    }
  })
})
