import { afterAll, expect, test } from 'vitest'
import { inLongRun } from '../../test-support/long-run.ts'
import { holdToModel } from './fixtures/model/hold-to-model.ts'
import { createMemoryStore } from './memory/index.ts'
import { temporaryFolder } from './sqlite/fixtures/temporary-store.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.asyncDispose]())

test('the memory store does what a list of events does, one call at a time and several at once', async () => {
  const endings = await holdToModel(() => [createMemoryStore()], 150)
  // The runs have met every way in which a call can end, so that none of them goes unchecked.
  expect([...endings.keys()].sort()).toEqual([
    'append_condition_failed',
    'checkpoint_conflict',
    'document_conflict',
    'event_id_conflict',
    'idempotency_key_conflict',
    'repeated',
    'stored',
    'stream_closed',
    'stream_not_found',
    'version_conflict',
  ])
})

test('the SQLite store does what a list of events does, also where two processes share its file', async () => {
  const stores = await Promise.all([
    folder.open({ durability: 'relaxed' }),
    folder.open({ durability: 'relaxed' }),
  ])
  const endings = await holdToModel(() => stores, inLongRun(25, 14))
  expect(endings.get('stored')).toBeGreaterThan(50)
})
