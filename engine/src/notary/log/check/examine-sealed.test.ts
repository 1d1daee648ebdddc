import { describe, expect, it } from 'vitest'
import { newEvent } from '../../../store/fixtures/new-event.ts'
import { portOf } from '../../../store/fixtures/port-of.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { createTestRoot } from '../../keys/fixtures/test-root.ts'
import { openKeyRing } from '../../keys/index.ts'
import { openSealed } from '../../seal/index.ts'
import { logName } from '../fixtures/log-keys.ts'
import { examineSealed } from './examine-sealed.ts'
import { KeptKeys } from './kept-keys.ts'

const tenantId = 'acme'

/** A log of three entries of two users, and who appends to it. */
async function sealedLog() {
  const store = createMemoryStore()
  const ring = await openKeyRing(store, createTestRoot().open(), { logName })
  const append = async (envelope: object, kind: RecordedEvent['kind'] = 'event') => {
    const event = { ...newEvent(tenantId, { ...envelope }), kind }
    const stream = kind === 'event' ? 'Test-1' : '$log'
    await openSealed(store, ring).append(tenantId, [{ stream, expected: 'any', events: [event] }])
  }
  for (const user of ['usr-0', 'usr-1', 'usr-0']) await append({ metadata: { user } })
  const positions: number[] = []
  for await (const { position } of store.readAll({ tenantId })) positions.push(position)
  const kids = await ring.kidsOf(tenantId, 'usr-0')
  const erased = () =>
    append({ eventType: 'LogRecorded', payload: { action: 'erasure', keys: [...kids] } }, 'erasure')
  return { store, ring, positions, kids, erased, [Symbol.asyncDispose]: () => ring.close() }
}

const problem = 'Fields of it cannot be opened, and no record of an erasure names their key'

describe('sealed fields that are examined without the root key', () => {
  it('are all there', async () => {
    await using log = await sealedLog()
    expect(await examineSealed(log.store, tenantId)).toEqual([])
    expect(await examineSealed(log.store, 'nobody')).toEqual([])
  })

  it('miss a key that was deleted, unless a later erasure names it', async () => {
    await using log = await sealedLog()
    const documents = [...log.kids].map(id => ({ tenantId, collection: 'data-key', id }))
    await log.store.commit({ scope: { tenantId }, documents })
    expect(await examineSealed(log.store, tenantId)).toEqual([`Entry 0: ${problem}`])
    await log.erased()
    expect(await examineSealed(log.store, tenantId)).toEqual([])
  })

  it('miss what was emptied, unless a later erasure names its key', async () => {
    await using log = await sealedLog()
    const [, , last = 0] = log.positions
    const secrets = [{ tenantId, positions: [last], kids: [...log.kids] }]
    await log.store.commit({ scope: { tenantId }, secrets })
    expect(await examineSealed(log.store, tenantId)).toEqual([`Entry 2: ${problem}`])
    await log.erased()
    expect(await examineSealed(log.store, tenantId)).toEqual([])
  })

  it('are looked at with the keys that are asked for, of which few are remembered', async () => {
    await using log = await sealedLog()
    const read: string[] = []
    const store: EventStore = {
      ...portOf(log.store),
      document: async (tenant, collection, id) => {
        read.push(id)
        return log.store.document(tenant, collection, id)
      },
      documents: async () => {
        throw new Error('all of them are very many')
      },
    }
    expect(await examineSealed(store, tenantId)).toEqual([])
    expect(read).toHaveLength(2)
    const keys = new KeptKeys(store, tenantId, 1)
    const [first = '', other = ''] = read
    for (const kid of [first, first, other, first])
      expect(await keys.of(new Set([kid]))).toEqual(new Set([kid]))
    expect(read.slice(2)).toEqual([first, other, first])
    expect(await keys.of(new Set(['none', first]))).toEqual(new Set([first]))
  })
})
