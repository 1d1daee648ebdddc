import type { Clock, DocumentChange, EventStore, IdSource } from 'keelson'
import { KeelsonError } from 'keelson'
import { beginSubscription, forgetSubscription } from 'keelson/delivery'
import { checkStart } from './check-start.ts'
import type { OwnDefinition, OwnSubscription } from './own-subscription.ts'
import { engineNameOf, etagOf, ownCollection, readOwn, toValue } from './own-subscription.ts'

/** How many a tenant may have. */
export const mostOwn = 100

export interface NewOwn {
  readonly name: string
  readonly definition: OwnDefinition
  readonly by: string
  readonly idempotencyKey?: string
}

/** Holds one document, whose revision counts the subscriptions that a tenant has ever made. */
const turnCollection = 'pull-subscription-turn'

/** What a caller asks of what is there: `If-Match`, or nothing. */
export type Precondition = readonly string[] | undefined

/** The subscriptions that tenants made, each a document of its tenant by its name. */
export class OwnSubscriptions {
  readonly #store: EventStore
  readonly #clock: Clock
  readonly #ids: IdSource

  constructor(store: EventStore, clock: Clock, ids: IdSource) {
    this.#store = store
    this.#clock = clock
    this.#ids = ids
  }

  async list(tenantId: string): Promise<readonly OwnSubscription[]> {
    const found = await this.#store.documents({ tenantId }, ownCollection, { limit: 1_000 })
    return found.flatMap(document => readOwn(document) ?? [])
  }

  async find(tenantId: string, name: string): Promise<OwnSubscription | undefined> {
    // A name that cannot be one comes from outside, and is no fault of the store's.
    if (!/^[\w.-]{1,50}$/.test(name)) return undefined
    const found = await this.#store.document(tenantId, ownCollection, name)
    return found && readOwn(found)
  }

  /** @throws KeelsonError `subscription_unknown`. */
  async get(tenantId: string, name: string): Promise<OwnSubscription> {
    const found = await this.find(tenantId, name)
    if (found === undefined) throw unknown(name)
    return found
  }

  /**
   * Makes it, and puts it where it starts. With the idempotency key of an earlier request, gives what that has made.
   * @throws KeelsonError `subscription_exists`, `subscription_limit`, `request_invalid` for a start beyond the log.
   */
  async create(
    tenantId: string,
    { name, definition, by, idempotencyKey }: NewOwn,
  ): Promise<{ readonly own: OwnSubscription; readonly isNew: boolean }> {
    const now = this.#now
    const own: OwnSubscription = {
      tenantId,
      name,
      id: this.#ids.ulid().slice(-8).toLowerCase(),
      definition,
      isPaused: false,
      createdAt: now,
      updatedAt: now,
      createdBy: by,
      idempotencyKey: idempotencyKey ?? null,
      revision: 0,
    }
    const before = findSame(await this.list(tenantId), own)
    if (before !== undefined) return { own: before, isNew: false }
    await checkStart(this.#store, tenantId, definition.start)
    await beginSubscription(this.#store, { name: engineNameOf(own), tenantId }, definition.start)
    try {
      return await this.#add(own)
    } catch (error) {
      await this.forget(own).catch(() => undefined)
      throw error
    }
  }

  /** @throws KeelsonError `subscription_unknown`, `precondition_failed`. */
  async change(
    tenantId: string,
    name: string,
    change: (own: OwnSubscription) => Partial<Pick<OwnSubscription, 'definition' | 'isPaused'>>,
    precondition?: Precondition,
  ): Promise<OwnSubscription> {
    const own = await this.get(tenantId, name)
    check(own, precondition)
    return this.#write({ ...own, ...change(own), updatedAt: this.#now }, changed)
  }

  /**
   * Takes it out of use; what is kept of its trouble is there until `forget`.
   * @throws KeelsonError `subscription_unknown`, `precondition_failed`.
   */
  async remove(tenantId: string, name: string, precondition?: Precondition): Promise<OwnSubscription> {
    const own = await this.get(tenantId, name)
    check(own, precondition)
    const place = { tenantId, collection: ownCollection, id: name, expected: own.revision }
    await this.#store
      .commit({ scope: { tenantId }, documents: [place] })
      .catch(error => rethrow(error, changed))
    return own
  }

  /** Removes what there is of one that was removed and runs nowhere here any more. */
  forget(own: OwnSubscription): Promise<void> {
    return forgetSubscription(this.#store, { name: engineNameOf(own), tenantId: own.tenantId })
  }

  /** Two that are made at the same time come one after the other, so that both cannot be the last that there is room for. */
  async #add(own: OwnSubscription): Promise<{ readonly own: OwnSubscription; readonly isNew: boolean }> {
    const { tenantId, name } = own
    for (;;) {
      const turn = await this.#store.document(tenantId, turnCollection, 'turn')
      const before = findSame(await this.list(tenantId), own)
      if (before !== undefined) {
        await this.forget(own)
        return { own: before, isNew: false }
      }
      const documents: DocumentChange[] = [
        { tenantId, collection: ownCollection, id: name, expected: 0, value: toValue(own) },
        { tenantId, collection: turnCollection, id: 'turn', expected: turn?.revision ?? 0, value: {} },
      ]
      try {
        await this.#store.commit({ scope: { tenantId }, documents })
        return { own: { ...own, revision: 1 }, isNew: true }
      } catch (error) {
        if (!isConflict(error)) throw error
      }
    }
  }

  async #write(own: OwnSubscription, conflict: () => KeelsonError): Promise<OwnSubscription> {
    const { tenantId, name, revision } = own
    const place = { tenantId, collection: ownCollection, id: name, expected: revision }
    await this.#store
      .commit({ scope: { tenantId }, documents: [{ ...place, value: toValue(own) }] })
      .catch(error => rethrow(error, conflict))
    return { ...own, revision: revision + 1 }
  }

  get #now(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}

export const unknown = (name: string): KeelsonError =>
  new KeelsonError('subscription_unknown', `There is no subscription "${name.slice(0, 128)}"`)

const taken = (name: string): KeelsonError =>
  new KeelsonError('subscription_exists', `There is a subscription "${name}" already`)

const changed = (): KeelsonError =>
  new KeelsonError('precondition_failed', 'Somebody else has just changed the subscription')

/**
 * What an earlier request with the same idempotency key has made.
 * @throws KeelsonError `subscription_exists`, `subscription_limit` where there is no room for another one.
 */
function findSame(
  all: readonly OwnSubscription[],
  { name, idempotencyKey }: OwnSubscription,
): OwnSubscription | undefined {
  const before = all.find(one => one.name === name)
  if (before !== undefined && (idempotencyKey === null || before.idempotencyKey !== idempotencyKey))
    throw taken(name)
  if (before === undefined && all.length >= mostOwn)
    throw new KeelsonError('subscription_limit', undefined, { limit: mostOwn })
  return before
}

function check(own: OwnSubscription, precondition: Precondition): void {
  const isMet = precondition === undefined || precondition.includes('*') || precondition.includes(etagOf(own))
  if (!isMet)
    throw new KeelsonError('precondition_failed', 'The subscription is not the one that If-Match names')
}

function rethrow(error: unknown, conflict: () => KeelsonError): never {
  throw isConflict(error) ? conflict() : error
}

const isConflict = (error: unknown): boolean =>
  error instanceof KeelsonError && error.code === 'document_conflict'
