import type { Clock, IdSource } from '../../../core/index.ts'
import {
  createIdSource,
  currentContext,
  KeelsonError,
  platformTenant,
  systemClock,
} from '../../../core/index.ts'
import type { EventEmitter } from '../bus-event.ts'
import { checkCrossing, demandCrossing, grantCrossing } from './crossing.ts'
import type { PermissionCheck } from './permission-check.ts'

/** Says in which tenant something runs. */
export interface TenantContextService {
  getCurrentTenantId(): string | null | undefined
}

/** The tenant of the running call, as requests and handlers of events set it. */
export const currentTenantService: TenantContextService = Object.freeze({
  getCurrentTenantId: () => currentContext().tenantId,
})

export interface ProducerOptions {
  /** Without it nobody may emit from one tenant to another. */
  readonly permissions?: PermissionCheck
  /** Default the actor of the running call. */
  readonly getCurrentUserId?: () => string | undefined
  /** Of its events; default `tenant-aware-producer`. */
  readonly source?: string
  readonly clock?: Clock
  readonly ids?: IdSource
}

/** Emits events of the tenant that something runs in, and with the permission for it events to other tenants. */
export class TenantAwareEventProducer {
  readonly #eventBus: EventEmitter
  readonly #tenants: TenantContextService
  readonly #options: ProducerOptions
  readonly #clock: Clock
  readonly #ids: IdSource

  constructor(
    eventBus: EventEmitter,
    tenantContextService: TenantContextService = currentTenantService,
    options: ProducerOptions = {},
  ) {
    this.#eventBus = eventBus
    this.#tenants = tenantContextService
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#ids = options.ids ?? createIdSource(this.#clock)
  }

  /** @throws KeelsonError `tenant_context_missing` outside of any tenant, and those of `emit`. */
  async emitEvent<T>(channel: string, eventType: string, data: T): Promise<void> {
    const tenantId = this.#tenantId()
    await this.#eventBus.emit(channel, this.#event(eventType, data, { tenantId }))
  }

  /**
   * Emits an event that the logs of both tenants have, marked with source and target.
   * @throws KeelsonError `cross_tenant_denied` where the user has not the permission, or acts in a third tenant;
   * `cross_tenant_invalid`, `tenant_context_missing`, and those of `emit`.
   */
  async emitCrossTenantEvent<T>(
    channel: string,
    eventType: string,
    data: T,
    sourceTenantId: string,
    targetTenantId: string,
  ): Promise<void> {
    const crossing = checkCrossing(sourceTenantId, targetTenantId)
    const acting = this.#tenantId()
    if (acting !== sourceTenantId && acting !== platformTenant)
      throw new KeelsonError(
        'cross_tenant_denied',
        `What acts in tenant "${acting}" cannot emit for tenant "${sourceTenantId}"`,
      )
    await demandCrossing(this.#options.permissions, acting, this.#userId())
    const metadata = { tenantId: sourceTenantId, crossTenant: true, ...crossing }
    await this.#eventBus.emit(channel, grantCrossing(this.#event(eventType, data, metadata)))
  }

  #tenantId(): string {
    const tenantId = this.#tenants.getCurrentTenantId()
    if (!tenantId) throw new KeelsonError('tenant_context_missing', 'No tenant context available')
    return tenantId
  }

  #userId(): string | undefined {
    const { getCurrentUserId = () => currentContext().actor } = this.#options
    return getCurrentUserId()
  }

  #event<T, Metadata extends object>(type: string, data: T, metadata: Metadata) {
    const user = this.#userId()
    return {
      id: `evt-${this.#ids.ulid()}`,
      type,
      source: this.#options.source ?? 'tenant-aware-producer',
      time: new Date(this.#clock.now()).toISOString(),
      dataVersion: '1.0',
      data,
      metadata: user === undefined ? metadata : { ...metadata, user },
    }
  }
}
