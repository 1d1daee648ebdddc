import { describe, expect, it } from 'vitest'
import type { Envelope } from '../../../core/index.ts'
import { KeelsonError, runInContext } from '../../../core/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { until } from '../../../testing/transport-contract/transport-steps.ts'
import type { SignIn } from '../fixtures/sign-ins.ts'
import { busEvent, signInPlatform } from '../fixtures/sign-ins.ts'
import type { EventBusOptions, PermissionCheck, PermissionSubject, ProducerOptions } from '../index.ts'
import { EventBusService, eventBusConfig, TenantAwareEventProducer } from '../index.ts'

const inAcme = { getCurrentTenantId: () => 'acme' }

/** A check that notes what it is asked. */
function permissionsOf(answer: unknown): PermissionCheck & { readonly asked: [string, PermissionSubject][] } {
  const asked: [string, PermissionSubject][] = []
  return {
    asked,
    hasPermission: async (permission, subject) => {
      asked.push([permission, subject])
      return answer as boolean
    },
  }
}

async function withLog(
  work: (bus: EventBusService, log: (tenantId: string) => Promise<readonly Envelope[]>) => Promise<void>,
  options: EventBusOptions = {},
): Promise<void> {
  const store = createMemoryStore()
  const platform = await signInPlatform(store)
  const bus = new EventBusService(eventBusConfig, platform, options)
  await work(bus, async tenantId => {
    const events = await Array.fromAsync(store.readAll({ tenantId }))
    return events.map(({ envelope }) => envelope)
  })
  await bus.close()
  await platform.close()
}

const cross = (bus: EventBusService, options: ProducerOptions, tenants = inAcme) =>
  new TenantAwareEventProducer(bus, tenants, options).emitCrossTenantEvent(
    'security',
    'UserLoggedIn',
    { userId: 'user-7' },
    'acme',
    'globex',
  )

describe('an event of a tenant', () => {
  it('has the tenant and the user of the running call', async () => {
    await withLog(async (bus, log) => {
      const producer = new TenantAwareEventProducer(bus)
      await runInContext({ tenantId: 'acme', actor: 'user-7' }, () =>
        producer.emitEvent('security', 'UserLoggedIn', { userId: 'user-7' }),
      )
      await bus.settled()
      expect(await log('acme')).toMatchObject([
        {
          source: 'tenant-aware-producer',
          payload: { userId: 'user-7' },
          metadata: { user: 'user-7', channel: 'security' },
        },
      ])
    })
  })

  it.each([undefined, null, ''])('is refused where the tenant is %j', async tenantId => {
    await withLog(async bus => {
      const producer = new TenantAwareEventProducer(bus, { getCurrentTenantId: () => tenantId })
      await expect(producer.emitEvent('security', 'UserLoggedIn', {})).rejects.toMatchObject({
        code: 'tenant_context_missing',
        message: 'No tenant context available',
      })
    })
  })
})

describe('an event that crosses', () => {
  it('is in the logs of both tenants, marked, where the permission is there', async () => {
    const permissions = permissionsOf(true)
    await withLog(async (bus, log) => {
      const heard: unknown[] = []
      bus.subscribe<SignIn>('security', async event => {
        heard.push(event.metadata.tenantId)
      })
      await cross(bus, { permissions, getCurrentUserId: () => 'user-7' })
      await until(() => heard.length === 2, 'both')
      expect(heard).toEqual(['acme', 'globex'])
      const [[original], [copy]] = [await log('acme'), await log('globex')]
      const metadata = { crossTenant: true, sourceTenantId: 'acme', targetTenantId: 'globex', user: 'user-7' }
      expect(original).toMatchObject({ tenantId: 'acme', metadata })
      expect(copy).toMatchObject({
        tenantId: 'globex',
        eventId: expect.stringMatching(/^crossed-[0-9a-f]{40}$/),
        causationId: original?.eventId,
        correlationId: original?.correlationId,
        payload: { userId: 'user-7' },
        metadata,
      })
    })
    expect(permissions.asked).toEqual([['CrossTenantOperations', { tenantId: 'acme', userId: 'user-7' }]])
  })

  it('is in both once, also where the second had to be tried again', async () => {
    const store = createMemoryStore()
    const platform = await signInPlatform(store)
    let failures = 0
    const publish: typeof platform.publish = async (tenantId, ...rest) => {
      const receipt =
        tenantId === 'acme' || failures > 0 ? await platform.publish(tenantId, ...rest) : undefined
      if (receipt !== undefined) return receipt
      failures += 1
      throw new KeelsonError('store_unreachable')
    }
    const bus = new EventBusService(eventBusConfig, { deliver: platform.deliver, publish })
    await cross(bus, { permissions: permissionsOf(true) })
    await bus.settled()
    expect(failures).toBe(1)
    expect([await store.head({ tenantId: 'acme' }), await store.head({ tenantId: 'globex' })]).toEqual([1, 2])
    await bus.close()
    await platform.close()
  })

  it.each<[string, ProducerOptions]>([
    ['nobody can say who may', {}],
    ['the permission is not there', { permissions: permissionsOf(false) }],
    ['the answer is none', { permissions: permissionsOf('yes') }],
  ])('is refused where %s', async (_, options) => {
    await withLog(async (bus, log) => {
      await expect(cross(bus, options)).rejects.toMatchObject({ code: 'cross_tenant_denied', status: 403 })
      await bus.settled()
      expect([await log('acme'), await log('globex')]).toEqual([[], []])
    })
  })

  it('is refused where the check itself fails', async () => {
    const broken = { hasPermission: () => Promise.reject(new Error('no answer')) }
    await withLog(async bus => {
      await expect(cross(bus, { permissions: broken })).rejects.toThrow('no answer')
    })
  })

  it('comes from the tenant that acts, or from the platform', async () => {
    const options = { permissions: permissionsOf(true) }
    await withLog(async (bus, log) => {
      const third = cross(bus, options, { getCurrentTenantId: () => 'initech' })
      await expect(third).rejects.toMatchObject({ code: 'cross_tenant_denied' })
      await cross(bus, options, { getCurrentTenantId: () => 'platform' })
      await bus.settled()
      expect((await log('globex')).length).toBe(1)
    })
  })

  it.each([
    ['acme', 'acme'],
    ['acme', 'not a tenant'],
    ['', 'globex'],
  ])('is refused from %j to %j', async (source, target) => {
    await withLog(async bus => {
      const producer = new TenantAwareEventProducer(bus, inAcme, { permissions: permissionsOf(true) })
      const crossing = producer.emitCrossTenantEvent('security', 'UserLoggedIn', {}, source, target)
      await expect(crossing).rejects.toMatchObject({ code: 'cross_tenant_invalid' })
    })
  })
})

describe('the bus itself', () => {
  const crossing = (metadata: object = {}) =>
    busEvent({
      metadata: {
        tenantId: undefined,
        crossTenant: true,
        sourceTenantId: 'acme',
        targetTenantId: 'globex',
        ip: '192.0.2.1',
        userAgent: 'curl',
        ...metadata,
      },
    })

  it('lets nobody cross by the marks alone, whoever says that it may', async () => {
    await withLog(async bus => {
      const denied = { code: 'cross_tenant_denied' }
      await expect(bus.emit('security', crossing())).rejects.toMatchObject(denied)
      const claimed = { ...crossing(), 'crossing granted': true }
      await expect(bus.emit('security', claimed)).rejects.toMatchObject(denied)
      const other = crossing({ tenantId: 'globex' })
      await expect(bus.emit('security', other)).rejects.toMatchObject({ code: 'cross_tenant_invalid' })
    })
  })

  it('asks a check of its own about who acts, and keeps from the target where the user sat', async () => {
    const permissions = permissionsOf(true)
    await withLog(
      async (bus, log) => {
        const emit = (tenantId: string) =>
          runInContext({ tenantId, actor: 'user-9' }, () => bus.emit('security', crossing()))
        await emit('acme')
        await bus.settled()
        expect((await log('acme'))[0]?.metadata).toMatchObject({ ip: '192.0.2.1', userAgent: 'curl' })
        const [copy] = await log('globex')
        expect(Object.keys(copy?.metadata ?? {}).toSorted()).toEqual(
          ['channel', 'crossTenant', 'sourceTenantId', 'targetTenantId'].toSorted(),
        )
        await expect(emit('initech')).rejects.toMatchObject({ code: 'cross_tenant_denied' })
      },
      { permissions },
    )
    expect(permissions.asked).toEqual([['CrossTenantOperations', { tenantId: 'acme', userId: 'user-9' }]])
  })

  it('brings it to both tenants within a process too', async () => {
    const bus = new EventBusService(eventBusConfig, undefined, { permissions: permissionsOf(true) })
    const heard: unknown[] = []
    bus.subscribe<SignIn>('security', async event => {
      heard.push(event.metadata.tenantId)
    })
    await bus.emit('security', crossing())
    await bus.settled()
    expect(heard).toEqual(['acme', 'globex'])
    await bus.close()
  })
})
