import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { sampleEvent } from '../../testing/index.ts'
import { range } from '../../testing/transport-contract/transport-steps.ts'
import { showReplay } from '../run/index.ts'
import { startReplay } from './index.ts'

const count = 800
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Runs a process until it has said so much, or has ended, and kills it. */
async function runUntil(path: string, ahead: number, length: number): Promise<string> {
  const file = join(import.meta.dirname, 'fixtures', 'replay-child.ts')
  const child = spawn(process.execPath, ['--no-warnings', file, path, String(ahead)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const exit = once(child, 'exit')
  let said = ''
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString()
    if (said.length >= length || said.endsWith('done')) break
  }
  child.kill('SIGKILL')
  await exit
  return said
}

describe('a replay whose process is killed again and again', () => {
  it('goes on where it stood, with what it wrote once, in the order of each key', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.define(['CREATE TABLE effect (key_name TEXT NOT NULL, number INTEGER NOT NULL) STRICT'])
    const events = range(count).map(index => sampleEvent('acme', { payload: { index } }))
    const writes = Map.groupBy(events.entries(), ([index]) => `s-${index % 20}`)
    for (const [stream, own] of writes)
      await store.append('acme', [{ stream, expected: 'any', events: own.map(([, event]) => event) }])
    // One that does nothing: what there is to do is left to the processes.
    const subscription = { name: 'orders', handle: () => new Promise<void>(() => undefined) }
    const run = await startReplay(store, { tenantId: 'acme', by: 'ann', subscription })
    await run.close()
    const lengths = [40, 150, 90, Number.POSITIVE_INFINITY]
    let said = ''
    for (const [at, length] of lengths.entries()) said = await runUntil(folder.path, at * 20_000, length)
    expect(said).toMatch(/done$/)
    const rows = await store.query({ tenantId: 'acme' }, 'SELECT number FROM effect ORDER BY rowid', [])
    const numbers = rows.map(([number]) => Number(number))
    expect(numbers.length).toBeGreaterThanOrEqual(count - 1)
    expect(new Set(numbers).size).toBe(numbers.length)
    for (const own of Map.groupBy(numbers, number => number % 20).values())
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    const { state, progress } = await showReplay(store, { tenantId: 'acme', id: run.id })
    expect([state, progress.matched, progress.replayed]).toEqual(['done', count, count])
  }, 120_000)
})
