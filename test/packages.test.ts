import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PackageName } from '../scripts/build.ts'
import { build, packages, run, stagePackage, toEmittedNames, toPublished } from '../scripts/build.ts'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

const names = Object.keys(packages) as PackageName[]
const scratch = mkdtempSync(join(tmpdir(), 'keelson-packages-'))
const home = join(scratch, 'home')
const tarballs = new Map<PackageName, string>()
const staged = (name: PackageName) => join(scratch, 'staged', name)
const manifestOf = (name: PackageName) =>
  JSON.parse(readFileSync(join(staged(name), 'package.json'), 'utf8')) as Manifest

/** What looks at a tarball needs no installed package: it looks while npm installs. */
const checks = {
  running: new Map<string, Promise<string>>(),
  start(): void {
    for (const name of names) {
      const tarball = tarballs.get(name) as string
      this.add(`publint ${name}`, 'publint', [tarball, '--strict'])
      if (name === '@keelson/console') continue
      this.add(`attw ${name}`, 'attw', [tarball, '--profile', 'esm-only', '--format', 'ascii'])
    }
  },
  /** One after the other, so that they take one processor. */
  add(key: string, tool: string, args: readonly string[]): void {
    const before = [...this.running.values()].at(-1)?.catch(() => undefined) ?? Promise.resolve()
    const printed = before.then(() => run(tool, args, { folder: scratch }))
    // Whoever asks is told what failed.
    printed.catch(() => undefined)
    this.running.set(key, printed)
  },
  printed(key: string): Promise<string> {
    return this.running.get(key) ?? Promise.reject(new Error(`${key} was not started`))
  },
  async end(): Promise<void> {
    await Promise.allSettled(this.running.values())
  },
}

/** Builds and packs everything, and installs the tarballs as a user would. */
beforeAll(async () => {
  // The console goes elsewhere: another test may be serving the one of the checkout.
  const consoleOut = join(scratch, 'console')
  // `npm test` has checked the types before.
  await build({ consoleOut, isChecked: true })
  for (const name of names)
    await stagePackage(name, staged(name), name === '@keelson/console' ? consoleOut : undefined)
  await pack()
  await stageHome()
  checks.start()
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    folder: home,
  })
}, 300_000)
afterAll(async () => {
  await checks.end()
  rmSync(scratch, { recursive: true, force: true })
})

async function pack(): Promise<void> {
  const args = ['pack', ...names.map(staged), '--json', '--loglevel=error']
  const packed = await run('npm', args, { folder: scratch })
  const files = [...packed.matchAll(/"filename": ?"([^"]+\.tgz)"/g)].map(match => match[1] as string)
  expect(files).toHaveLength(names.length)
  for (const [at, name] of names.entries()) tarballs.set(name, join(scratch, files[at] as string))
}

async function stageHome(): Promise<void> {
  const dependencies = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]))
  await mkdir(home)
  await writeFile(join(home, 'package.json'), JSON.stringify({ type: 'module', private: true, dependencies }))
}

/** Runs a program in the folder of the installed packages and gives what it printed. */
async function runProgram(text: string): Promise<string> {
  await writeFile(join(home, 'program.js'), text)
  return run('node', ['program.js'], { folder: home })
}

describe('the published packages', () => {
  test('hold what is to be published and nothing else', () => {
    for (const name of names) {
      for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md']) {
        expect(existsSync(join(home, 'node_modules', name, file)), `${name}/${file}`).toBe(true)
      }
      for (const folder of ['src', 'test', 'node_modules/typescript']) {
        expect(existsSync(join(home, 'node_modules', name, folder)), `${name}/${folder}`).toBe(false)
      }
    }
  })

  test.each(names)('%s has only conditions that point to files that are there', name => {
    const targets = Object.values(manifestOf(name).exports).flatMap(door =>
      typeof door === 'string' ? [door] : Object.values(door),
    )
    expect(targets.length).toBeGreaterThan(0)
    for (const target of targets) {
      expect(existsSync(join(home, 'node_modules', name, target)), `${name} ${target}`).toBe(true)
      expect(target).not.toContain('/src/')
    }
  })

  test('open every door in plain Node', async () => {
    const doors = names.flatMap(name =>
      Object.keys(manifestOf(name).exports)
        .filter(door => !door.endsWith('.json'))
        .map(door => name + door.slice(1)),
    )
    const program = `for (const door of ${JSON.stringify(doors)}) console.log(door, Object.keys(await import(door)).length >= 0)`
    expect((await runProgram(program)).trim().split('\n')).toEqual(doors.map(door => `${door} true`))
    expect(doors).toContain('keelson/sqlite')
  })

  test('append to a SQLite store and read from it', async () => {
    const printed = await runProgram(`
      import { saas } from '@keelson/contexts'
      import { createPlatform, verifyLog } from 'keelson'
      import { openSqliteStore } from 'keelson/sqlite'
      const store = await openSqliteStore({ path: 'data/events.db' })
      const platform = await createPlatform({ store, contexts: [saas] })
      const payload = { subscriptionId: 'sub-1', editionCode: 'team' }
      await platform.publish('acme', { eventType: 'SubscriptionActivated', occurredAt: '2026-06-11T09:00:01Z', payload })
      for await (const event of store.readAll({ tenantId: 'acme' })) console.log(event.position, event.stream)
      console.log((await verifyLog(store)).isSound)
      await platform.close()
    `)
    expect(printed.trim().split('\n')).toEqual(['1 Subscription-sub-1', 'true'])
  })

  test('start the server with the console', async () => {
    const printed = await runProgram(`
      import { spawn } from 'node:child_process'
      import { once } from 'node:events'
      const args = ['start', '--port', '0', '--data-dir', 'served', '--empty', '--json']
      const server = spawn('node_modules/.bin/keelson', args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const [line] = await once(server.stdout, 'data')
      const { url } = JSON.parse(line)
      const page = await fetch(url + '/events')
      console.log(page.status, (await page.text()).includes('<script type="module"'))
      console.log((await fetch(url + '/v1/me')).status)
      server.kill('SIGTERM')
      console.log(await once(server, 'exit'))
    `)
    expect(printed.trim().split('\n')).toEqual(['200 true', '401', '[ 0, null ]'])
  })

  test('bring the command keelson', async () => {
    const printed = await run('npx', ['--no-install', '--loglevel=error', 'keelson', '--version'], {
      folder: home,
    })
    expect(printed.trim()).toBe(manifestOf('@keelson/server').version)
  })

  test.each(names)('%s passes publint', async name => {
    const printed = await checks.printed(`publint ${name}`)
    expect(printed).toContain('All good!')
  })

  test.each(names.filter(name => name !== '@keelson/console'))('%s has types that resolve', async name => {
    const printed = await checks.printed(`attw ${name}`)
    const doors = Object.keys(manifestOf(name).exports)
    expect(printed.match(/node16 \(from ESM\): 🟢/g)).toHaveLength(doors.length)
    expect(printed.match(/bundler: 🟢/g)).toHaveLength(doors.length)
  })
})

describe('staging', () => {
  test('takes out what only a checkout has', () => {
    const door = { source: './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' }
    const manifest = { name: 'x', files: ['dist'], exports: { '.': door }, devDependencies: {}, scripts: {} }
    expect(toPublished(manifest)).toEqual({
      name: 'x',
      files: ['dist', 'CHANGELOG.md'],
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    })
  })

  test('names the emitted files behind names of its own', () => {
    const imports = { '#x': { browser: './src/x/web.ts', default: './src/x/node.ts' } }
    expect(toPublished({ imports })).toMatchObject({
      imports: { '#x': { browser: './dist/x/web.js', default: './dist/x/node.js' } },
    })
  })

  test('names the emitted files in declarations', () => {
    const text =
      "import type { A } from './a.ts';\nexport declare const b: import('../b.ts').B;\nimport 'c.ts';\n"
    expect(toEmittedNames(text)).toBe(
      "import type { A } from './a.js';\nexport declare const b: import('../b.js').B;\nimport 'c.ts';\n",
    )
  })
})
