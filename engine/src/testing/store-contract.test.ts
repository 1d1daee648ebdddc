import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import type { EventStore } from '../store/index.ts'
import { createMemoryStore } from '../store/memory/index.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import type { StoreFixture } from './contract-case.ts'
import { storeContract } from './store-contract.ts'

interface Adapter {
  readonly name: string
  open(): Promise<StoreFixture & { end(): Promise<void> }>
}

const memory: Adapter = {
  name: 'memory',
  async open() {
    const store = createMemoryStore()
    return { store, end: () => store.close() }
  },
}

const sqlite: Adapter = {
  name: 'sqlite',
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-contract-'))
    const opened: EventStore[] = []
    const open = async (file: string, options = {}) => {
      const store = await openSqliteStore({ path: join(folder, file), ...options })
      opened.push(store)
      return store
    }
    const store = await open('store.db')
    return {
      store,
      async reopen() {
        await store.close()
        return open('store.db')
      },
      openBounded: bounds => open('bounded.db', bounds),
      async end() {
        await Promise.all(opened.map(one => one.close()))
        rmSync(folder, { recursive: true })
      },
    }
  },
}

describe.each([memory, sqlite])('the event store contract on $name', ({ open }) => {
  for (const contractCase of storeContract) {
    // At once, for most of the time goes into starting the threads of a store.
    test.concurrent(contractCase.name, async context => {
      const fixture = await open()
      try {
        const { needs } = contractCase
        if (needs && !needs.isMet(fixture.store.capabilities, fixture)) context.skip(needs.reason)
        await contractCase.run(fixture)
      } finally {
        await fixture.end()
      }
    })
  }
})
