import { expect, it } from 'vitest'
import { newEvent } from '../../store/fixtures/new-event.ts'
import { extendStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { recordTypes } from '../removal/record/record-kind.ts'
import { loadRemovalState, removalStateChange } from '../removal/removal-state.ts'
import { isOutdated } from './log-records.ts'

const tenantId = 'acme'

it('sees a removal that is recorded while it looks', async () => {
  const store = createMemoryStore()
  const state = await loadRemovalState(store, tenantId)
  const documents = [removalStateChange({ ...state, running: 'erasure-1' })]
  await store.commit({ scope: { tenantId }, documents })
  const slow = extendStore(store, {
    async *readAll(...given) {
      yield* store.readAll(...given)
      const running = await loadRemovalState(store, tenantId)
      await store.commit({
        scope: { tenantId },
        appends: [
          {
            tenantId,
            writes: [
              {
                stream: 'log',
                expected: 'any',
                events: [newEvent(tenantId, { eventType: recordTypes.erasure })],
              },
            ],
          },
        ],
        documents: [removalStateChange({ ...running, running: undefined })],
      })
    },
  })
  expect(await isOutdated(slow, tenantId, { size: 0, after: 0, unexplained: 1 })).toBe(true)
})
