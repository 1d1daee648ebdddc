import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { EventStore } from '../../store/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { sampleEvent } from '../../testing/index.ts'
import { deadLetterCollection, readDeadLetter } from '../../transport/index.ts'

const scope = { tenantId: 'acme' } as const
const count = 1_000
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function launch(path: string): ChildProcess {
  const file = join(import.meta.dirname, 'fixtures', 'crash-child.ts')
  const child = spawn(process.execPath, ['--no-warnings', file, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

/** Kills a process amidst its work, once it has handled so many events. */
async function killAfter(path: string, handled: number): Promise<void> {
  const child = launch(path)
  let seen = 0
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    seen += chunk.length
    if (seen >= handled) break
  }
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

const queryNumbers = async (store: EventStore, sql: string): Promise<readonly (readonly unknown[])[]> =>
  store.query(scope, sql, [])

async function prepare(store: EventStore): Promise<void> {
  await store.define([
    'CREATE TABLE IF NOT EXISTS effect (event TEXT NOT NULL, key_name TEXT NOT NULL, number INTEGER NOT NULL) STRICT',
  ])
  const events = Array.from({ length: count }, (_, index) => sampleEvent('acme', { payload: { index } }))
  for (const [index, event] of events.entries())
    await store.append('acme', [{ stream: `s-${index % 20}`, expected: 'any', events: [event] }])
}

describe('a process that is killed again and again', () => {
  it('has every effect exactly once, in the order of each key, and every dead letter with all its tries', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await prepare(store)
    for (const handled of [1, 137, 60, 211, 90]) await killAfter(folder.path, handled)
    launch(folder.path)
    await expect
      .poll(async () => (await queryNumbers(store, 'SELECT count(*) FROM effect'))[0]?.[0], {
        timeout: 60_000,
      })
      .toBeGreaterThanOrEqual(count - 10)
    const collection = deadLetterCollection('crash')
    await expect
      .poll(async () => (await store.documents(scope, collection)).length, { timeout: 30_000 })
      .toBe(10)
    const rows = await queryNumbers(store, 'SELECT key_name, number FROM effect ORDER BY rowid')
    const numbers = rows.map(([, number]) => Number(number))
    expect(new Set(numbers).size).toBe(numbers.length)
    const dead = Array.from({ length: 10 }, (_, at) => at * 100 + 50)
    const all = Array.from({ length: count }, (_, index) => index)
    expect(numbers.toSorted((a, b) => a - b)).toEqual(all.filter(index => !dead.includes(index)))
    for (const own of Map.groupBy(numbers, number => number % 20).values())
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    const letters = (await store.documents(scope, collection)).map(one => readDeadLetter('crash', one))
    expect(letters.map(letter => letter?.attempts.length)).toEqual(dead.map(() => 3))
  }, 120_000)
})
