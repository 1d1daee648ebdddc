import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { house } from './architecture/house.ts'
import type { Rule } from './architecture/rules.ts'
import {
  adaptersStandApart,
  environmentIsRead,
  facesAreUsed,
  filesAreSmall,
  floorsHold,
  maxLines,
  modulesAreStateless,
  namesAreListed,
  packagesAreOrdered,
  roomsAreKnown,
  thereAreNoCircles,
} from './architecture/rules.ts'
import type { SourceFile } from './architecture/source.ts'
import { parseSource } from './architecture/source.ts'

const root = join(import.meta.dirname, '..')

/** Files that git knows or would add: what is ignored is not ours. */
function sources(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], {
    cwd: root,
  })
  return [...new Set(listed.toString().split('\n'))]
    .filter(path => path !== '' && !path.endsWith('.d.ts') && existsSync(join(root, path)))
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

interface Sample {
  readonly good: Readonly<Record<string, string>>
  /** Each is a violation of its own, added to the good files. */
  readonly bad: readonly Readonly<Record<string, string>>[]
}

const rules: readonly { readonly name: string; readonly rule: Rule; readonly sample: Sample }[] = [
  {
    name: 'every room has a floor',
    rule: roomsAreKnown,
    sample: {
      good: { 'engine/src/core/a.ts': '', 'engine/src/index.ts': '', 'console/src/any/a.ts': '' },
      bad: [
        { 'engine/src/helper/a.ts': '' },
        { 'contexts/src/shared/a.ts': '' },
        { 'server/src/utils/a.ts': '' },
      ],
    },
  },
  {
    name: 'a room imports lower floors only, and never a sibling',
    rule: floorsHold,
    sample: {
      good: {
        'engine/src/bus/a.ts': "import { a } from '../store/index.ts'",
        'engine/src/store/a.ts': "import './b.ts'",
        'engine/src/core/a.test.ts': "import { a } from '../platform/index.ts'",
        'engine/src/index.ts': "export { a } from './platform/index.ts'",
      },
      bad: [
        { 'engine/src/core/up.ts': "import type { A } from '../store/index.ts'" },
        { 'engine/src/catalog/side.ts': "export { a } from '../proof/index.ts'" },
        { 'engine/src/core/lazy.ts': "const a = await import('../bus/index.ts')" },
        { 'engine/src/core/type.ts': "let a: import('../bus/index.ts').A" },
        { 'engine/src/bus/door.ts': "import { a } from '../index.ts'" },
        { 'contexts/src/audit/side.ts': "import { saas } from '../saas/index.ts'" },
        { 'server/src/http/up.ts': "import { serve } from '../start/serve.ts'" },
      ],
    },
  },
  {
    name: 'adapters stand beside their port',
    rule: adaptersStandApart,
    sample: {
      good: {
        'engine/src/store/sqlite/a.ts': "import { b } from './b.ts'\nimport { port } from '../port.ts'",
        'engine/src/testing/a.test.ts': "import { a } from '../store/memory/index.ts'",
      },
      bad: [
        { 'engine/src/store/index.ts': "export { a } from './sqlite/index.ts'" },
        { 'engine/src/store/memory/a.ts': "import { a } from '../sqlite/database.ts'" },
        { 'engine/src/platform/a.ts': "import { a } from '../store/sqlite/index.ts'" },
      ],
    },
  },
  {
    name: 'across rooms only the face is imported',
    rule: facesAreUsed,
    sample: {
      good: {
        'engine/src/bus/a.ts': "import { a } from '../core/index.ts'\nimport { b } from './b.ts'",
        'server/src/start/a.ts': "import { createApp } from '../http/app.ts'",
      },
      bad: [
        { 'engine/src/bus/past.ts': "import type { A } from '../core/id.ts'" },
        { 'engine/src/index.ts': "export { a } from './core/id.ts'" },
        { 'server/src/cli/past.ts': "import { a } from '../directory/directory.ts'" },
        { 'server/src/start/past.ts': "import { a } from '../http/query.ts'" },
      ],
    },
  },
  {
    name: 'packages import only those before them',
    rule: packagesAreOrdered,
    sample: {
      good: {
        'contexts/src/a.ts': "import { a } from 'keelson'\nimport { b } from 'keelson/testing'",
        'server/src/a.ts': "import { audit } from '@keelson/contexts/audit'",
        'console/src/a.ts': "import type { EventItem } from '@keelson/server/api'",
        'console/src/b.ts': "import { type EventItem } from '@keelson/server/api'",
        'console/src/c.ts': "import { leafHash } from 'keelson/proof'",
        'test/a.ts': "import { serve } from '@keelson/server'",
      },
      bad: [
        { 'engine/src/up.ts': "import { audit } from '@keelson/contexts'" },
        { 'engine/src/self.ts': "import { a } from 'keelson'" },
        { 'engine/src/up.test.ts': "import { audit } from '@keelson/contexts'" },
        { 'contexts/src/up.ts': "import type { A } from '@keelson/server'" },
        { 'contexts/src/past.ts': "import { a } from '../../engine/src/index.ts'" },
        { 'console/src/value.ts': "import { a } from '@keelson/server/api'" },
        { 'console/src/engine.ts': "import type { A } from 'keelson'" },
      ],
    },
  },
  {
    name: 'faces list names',
    rule: namesAreListed,
    sample: {
      good: { 'engine/src/core/index.ts': "export { a } from './a.ts' // not: export * from './a.ts'" },
      bad: [
        { 'engine/src/core/all.ts': "export * from './a.ts'" },
        { 'engine/src/core/types.ts': "export type * from './a.ts'" },
        { 'console/src/space.ts': "export * as a from './a.ts'" },
      ],
    },
  },
  {
    name: 'there are no import circles, types included',
    rule: thereAreNoCircles,
    sample: {
      good: {
        'engine/src/core/a.ts': "import './b.ts'\nimport './c.ts'",
        'engine/src/core/b.ts': "import './c.ts'",
        'engine/src/core/c.ts': '',
      },
      bad: [
        { 'engine/src/core/c.ts': "import type { A } from './a.ts'" },
        { 'engine/src/core/self.ts': "import './self.ts'" },
        { 'console/src/x.tsx': "export { y } from './y'", 'console/src/y.ts': "type X = import('./x').X" },
      ],
    },
  },
  {
    name: 'only the command line reads the environment',
    rule: environmentIsRead,
    sample: {
      good: { 'server/src/cli/a.ts': 'process.env', 'server/src/a.ts': "const text = 'process.env'" },
      bad: [
        { 'server/src/start/dot.ts': 'export const a = process.env.HOME' },
        { 'engine/src/bracket.ts': "export const a = process['env']" },
        { 'engine/src/taken.ts': 'const { env } = process' },
        { 'contexts/src/imported.ts': "import { env as e } from 'node:process'" },
      ],
    },
  },
  {
    name: 'modules of the libraries keep no state',
    rule: modulesAreStateless,
    sample: {
      good: {
        'engine/src/a.ts': 'const a = 1\nfunction f() { let b = 2; return b }',
        'console/src/a.ts': 'let a = 1',
      },
      bad: [
        { 'engine/src/let.ts': 'let counter = 0' },
        { 'contexts/src/exported.ts': 'export let counter = 0' },
        { 'contexts/src/old.ts': 'var counter = 0' },
      ],
    },
  },
  {
    name: `files have at most ${maxLines} lines`,
    rule: filesAreSmall,
    sample: {
      good: { 'engine/src/a.ts': '\n'.repeat(maxLines) },
      bad: [
        { 'engine/src/long.ts': '\n'.repeat(maxLines + 1) },
        { 'test/long.ts': `${'\n'.repeat(maxLines)}a` },
      ],
    },
  },
]

const parse = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, text]) => parseSource({ path, text }))

describe('the house', () => {
  const files = sources().map(parseSource)

  test.each(rules)('$name', ({ rule }) => {
    expect(rule(files)).toEqual([])
  })

  test('has the rooms that are built, each with its face', () => {
    expect(files.length).toBeGreaterThan(100)
    const faces = new Set(files.map(file => file.path))
    for (const [name, plan] of Object.entries(house)) {
      for (const room of plan.floors?.flat() ?? []) {
        if (!existsSync(join(root, name, 'src', room)) || plan.doors?.[room] || name === 'server') continue
        expect(faces, `the room ${room} of ${name}`).toContain(`${name}/src/${room}/index.ts`)
      }
    }
  })

  test('prints the sizes of its files', () => {
    const measured = files
      .filter(
        file =>
          /^(engine|contexts|server|console)\/src\//.test(file.path) && !/\.test\.tsx?$/.test(file.path),
      )
      .sort((a, b) => a.lines - b.lines)
    const at = (share: number) => measured[Math.floor(share * (measured.length - 1))]?.lines
    const largest = measured.slice(-3).map(file => `${file.path} ${file.lines}`)
    console.log(
      `Lines in ${measured.length} files: median ${at(0.5)}, nine in ten up to ${at(0.9)}, largest ${largest.reverse().join(', ')}`,
    )
    expect(at(0.5)).toBeLessThan(100)
    expect(at(0.9)).toBeLessThan(250)
  })
})

describe.each(rules)('the rule that $name', ({ rule, sample }) => {
  test('passes what keeps it', () => {
    expect(rule(parse(sample.good))).toEqual([])
  })

  test.each(sample.bad.map(files => ({ path: Object.keys(files)[0] as string, files })))(
    'fails on $path',
    ({ path, files }) => {
      const faults = rule(parse({ ...sample.good, ...files }))
      expect(faults).toHaveLength(1)
      expect(faults[0]).toContain(path)
    },
  )
})
