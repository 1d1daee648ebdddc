import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { CatalogDocument, EventDocument, JsonObject } from 'keelson'
import { toTypeScript } from 'keelson'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtInDocument } from './catalog/built-in.ts'

const compiler = join(import.meta.dirname, '../node_modules/.bin/tsc')
const built = builtInDocument()

/** Schemas whose names and shapes would break out of, or collide in, what is generated. */
const odd: JsonObject = {
  type: 'object',
  required: ['__proto__x'],
  properties: {
    __proto__x: { type: 'string' },
    'a"b': { type: 'string', description: '*/ }; const x: number = "" /*' },
    'new\nline': { enum: ['a`$', "it's", 'back\\slash'] },
    class: { type: ['integer', 'null'] },
    next: { $ref: '#' },
    tree: { $ref: '#/$defs/a~1b' },
    both: { allOf: [{ $ref: '#/$defs/a~1b' }, { type: 'object', properties: { more: true } }] },
    pair: { type: 'array', prefixItems: [{ type: 'string' }, { $ref: '#' }], items: { type: 'number' } },
    map: { type: 'object', patternProperties: { '^x': { type: 'number' } }, additionalProperties: false },
    mixed: {
      type: 'object',
      properties: { a: { type: 'string' } },
      additionalProperties: { type: 'number' },
    },
    nothing: false,
  },
  additionalProperties: false,
  $defs: {
    'a/b': { type: 'object', properties: { up: { anyOf: [{ $ref: '#/$defs/a~1b' }, { type: 'null' }] } } },
  },
}

function withOdd({ events, ...rest }: CatalogDocument): CatalogDocument {
  const [first] = events as [EventDocument]
  const more = ['KeelsonEvent', 'Readonly', `${first.type}Payload`].map(type => ({
    ...first,
    type,
    schema: odd,
  }))
  return { ...rest, events: [...events, ...more] }
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-types-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Faults that the compiler finds in a file with this text, beside the generated one. */
async function compile(text: string): Promise<string> {
  writeFileSync(join(folder, 'events.ts'), toTypeScript(withOdd(built)))
  writeFileSync(join(folder, 'use.ts'), text)
  const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'esnext', '--types', '']
  try {
    await promisify(execFile)(compiler, [...flags, 'use.ts'], { cwd: folder })
    return ''
  } catch (error) {
    return String((error as { stdout?: string }).stdout)
  }
}

it('compiles, takes every example, and narrows by the type of the event', async () => {
  const examples = built.events.flatMap(({ type, examples: all }) =>
    all.map(example => `(${JSON.stringify(example)}) satisfies PayloadOf<${JSON.stringify(type)}>`),
  )
  expect(examples.length).toBeGreaterThan(10)
  const faults = await compile(`
    import type { EventOf, KeelsonEvent, PayloadOf } from './events.js'
    ${examples.join('\n;')}
    export function edition(event: KeelsonEvent): string {
      switch (event.eventType) {
        case 'SubscriptionActivated': return event.payload.editionCode
        default: return event.tenantId
      }
    }
    export const id = (event: EventOf<'UserInvited'>): string => event.payload.userId`)
  expect(faults).toBe('')
})

it('refuses what the schemas refuse', async () => {
  const faults = await compile(`
    import type { KeelsonEvent, PayloadOf } from './events.js'
    export const a: PayloadOf<'UserInvited'> = {}
    export const b: PayloadOf<'UserInvited'> = { userId: 1 }
    export const c = (event: KeelsonEvent): string => event.payload.editionCode
    export const d: PayloadOf<'Nothing'> = {}`)
  const lines = [...faults.matchAll(/^use\.ts\((\d+),/gm)].map(([, line]) => line)
  expect(new Set(lines).size).toBe(4)
})
