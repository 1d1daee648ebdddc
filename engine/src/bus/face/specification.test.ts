import { describe, expect, expectTypeOf, it } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { signInPlatform } from './fixtures/sign-ins.ts'
import type * as specified from './fixtures/specified-interfaces.ts'
import { eventBusConfig, TenantAwareEventProducer, useBus } from './fixtures/specified-sample.ts'
import type {
  BaseEvent,
  DomainEvent,
  EventConsumer,
  EventEmitter,
  MultiTenantEvent,
  Subscription,
} from './index.ts'
import { EventBusService, eventBusConfig as shippedConfig } from './index.ts'

describe('the interfaces of the specification', () => {
  it('are those of the bus, both ways', () => {
    expectTypeOf<BaseEvent>().toEqualTypeOf<specified.BaseEvent>()
    expectTypeOf<DomainEvent<Date>>().toExtend<specified.DomainEvent<Date>>()
    expectTypeOf<specified.DomainEvent<Date>>().toExtend<DomainEvent<Date>>()
    expectTypeOf<MultiTenantEvent<Date>>().toExtend<specified.MultiTenantEvent<Date>>()
    expectTypeOf<specified.MultiTenantEvent<Date>>().toExtend<MultiTenantEvent<Date>>()
    expectTypeOf<EventEmitter>().toExtend<specified.EventEmitter>()
    expectTypeOf<specified.EventEmitter>().toExtend<EventEmitter>()
    expectTypeOf<EventConsumer>().toExtend<specified.EventConsumer<Subscription>>()
    expectTypeOf<specified.EventConsumer<Subscription>>().toExtend<EventConsumer>()
    expectTypeOf<EventBusService>().toExtend<specified.EventEmitter & specified.EventConsumer<Subscription>>()
  })

  it('have the configuration that is shipped, and one channel more', () => {
    const { system, ...channels } = shippedConfig.channels
    expect({ ...shippedConfig, channels }).toEqual(eventBusConfig)
    expect(system.bufferSize).toBeGreaterThan(0)
    expect(Object.isFrozen(shippedConfig.channels.security.consumers)).toBe(true)
  })
})

describe('what a subsystem writes after the specification', () => {
  it('runs as it stands, on a log', async () => {
    await using folder = temporaryFolder()
    const platform = await signInPlatform(await folder.open())
    const bus = new EventBusService(eventBusConfig, platform)
    const seen: string[] = []
    await useBus(bus, seen)
    expect(seen).toEqual(['user-7', 'user-7'])
    await bus.close()
    await platform.close()
  })

  it('runs as it stands within a process, but for the guarantee', async () => {
    const bus = new EventBusService(eventBusConfig)
    const seen: string[] = []
    const error = await useBus(bus, seen).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'guarantee_unavailable' })
    await bus.settled()
    expect(seen).toEqual(['user-7'])
    await bus.close()
  })

  it('emits for the tenant of its context, and for another one only where the bus knows that it may', async () => {
    const store = createMemoryStore()
    const platform = await signInPlatform(store)
    const bus = new EventBusService(eventBusConfig, platform)
    const producer = new TenantAwareEventProducer(bus, { getCurrentTenantId: () => 'acme' })
    await producer.emitEvent('security', 'UserLoggedIn', { userId: 'user-7' })
    await bus.settled()
    expect(await store.head({ tenantId: 'acme' })).toBe(1)
    // Its own check is a placeholder that says yes to everything.
    const crossing = producer.emitCrossTenantEvent('security', 'UserLoggedIn', {}, 'acme', 'globex')
    await expect(crossing).rejects.toMatchObject({ code: 'cross_tenant_denied' })
    const nowhere = new TenantAwareEventProducer(bus, { getCurrentTenantId: () => undefined })
    await expect(nowhere.emitEvent('security', 'UserLoggedIn', {})).rejects.toThrow('No tenant context')
    await bus.close()
    await platform.close()
  })
})
