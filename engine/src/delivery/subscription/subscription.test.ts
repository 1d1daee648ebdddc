import { describe, expect, it } from 'vitest'
import { DeliverySubscription } from '../../bus/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { createEmbeddedTransport } from '../../transport/embedded/index.ts'
import { beginSubscription, forgetOwners, forgetSubscription, listOwners, readOwner } from './index.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

async function filled(count: number) {
  const store = createMemoryStore()
  for (let at = 0; at < count; at += 1)
    await store.append('acme', [
      { stream: `s-${at}`, expected: 'any', events: [sampleEvent('acme', { payload: { at } })] },
    ])
  return store
}

const subscription = { name: 't/acme/orders@1', tenantId: 'acme' }

/** Runs a subscription whose handler refuses everything for good, until there are so many dead letters. */
async function run(store: Awaited<ReturnType<typeof filled>>, name: string, count: number) {
  const seen: unknown[] = []
  const running = new DeliverySubscription(createEmbeddedTransport(store), {
    name,
    tenantId: 'acme',
    retry: { attempts: 1, backoff: 'fixed', delay: 0 },
    breaker: false,
    handle: ({ payload }) => {
      seen.push(payload)
      throw new Error('no')
    },
  })
  running.start()
  while ((await running.status()).setAside < count) await turn()
  await running.close()
  return seen
}

describe('a subscription of a tenant', () => {
  it('stands where it is to start before it runs, once', async () => {
    const store = await filled(3)
    expect(await beginSubscription(store, subscription, 'now')).toBe(3)
    await store.append('acme', [
      { stream: 's', expected: 'any', events: [sampleEvent('acme', { payload: { at: 'later' } })] },
    ])
    expect(await beginSubscription(store, subscription, 'now')).toBe(3)
    expect(await run(store, subscription.name, 1)).toEqual([{ at: 'later' }])
    const other = { ...subscription, name: 't/acme/all@2' }
    expect(await beginSubscription(store, other, 'beginning')).toBe(0)
    expect(await run(store, other.name, 4)).toHaveLength(4)
    for (const name of ['', 'a\nb'])
      await expect(beginSubscription(store, { ...subscription, name }, 'now')).rejects.toMatchObject({
        code: 'delivery_options_invalid',
      })
  })

  it('is listed by the beginning of its name, and nothing is left when it is forgotten', async () => {
    const store = await filled(2)
    for (const name of ['t/acme/a@1', 't/acme/ab@1', 't/acme-two/a@1', 'mail']) await run(store, name, 2)
    const names = async (prefix: string) =>
      (await Array.fromAsync(listOwners(store, prefix))).map(one => one.subscription)
    expect(await names('')).toEqual(['mail', 't/acme-two/a@1', 't/acme/a@1', 't/acme/ab@1'])
    expect(await names('t/acme/')).toEqual(['t/acme/a@1', 't/acme/ab@1'])
    expect(await readOwner(store, 't/acme/a@1', 0)).toMatchObject({ owner: '', partition: 0 })
    expect(await readOwner(store, 'nobody', 0)).toBeUndefined()
    await forgetSubscription(store, { name: 't/acme/a@1', tenantId: 'acme' })
    expect(await names('t/acme/')).toEqual(['t/acme/ab@1'])
    expect(await store.documents({ tenantId: 'acme' }, 'dead-letter/t/acme/a@1')).toEqual([])
    expect(await store.documents({ tenantId: 'acme' }, 'dead-letter/t/acme/ab@1')).toHaveLength(2)
    await forgetOwners(store, 't/acme/')
    expect(await names('')).toEqual(['mail', 't/acme-two/a@1'])
  })
})
