import { setImmediate } from 'node:timers/promises'
import type { DeliveryContext, DeliveryOptions } from '../../bus/index.ts'
import { DeliverySubscription } from '../../bus/index.ts'
import type { Envelope } from '../../core/index.ts'
import { listDeadLetters } from '../../delivery/index.ts'
import type { DeadLetter } from '../../transport/index.ts'
import type { EventToSend, TransportFixture, TransportProcess } from './transport-case.ts'

/** Real milliseconds after which what does not come is missing. */
const patience = 40_000

/** Resolves when the condition holds. @throws Error saying what is missing after so many real milliseconds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  longest = patience,
): Promise<void> {
  const end = Date.now() + longest
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what} has not come`)
    await setImmediate()
  }
}

/** Gives whatever is on its way some turns to show. */
export async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate()
}

export interface Following {
  readonly subscription: DeliverySubscription
  readonly process: TransportProcess
  /** `payload.index` of each call of the handler, in their order. */
  readonly calls: number[]
  /** Of each that has succeeded. */
  readonly done: number[]
}

export interface FollowOptions extends Partial<Omit<DeliveryOptions, 'handle'>> {
  readonly handle?: (index: number, context: DeliveryContext, event: Envelope) => void | Promise<void>
}

/** Subscribes with a handler that notes its calls; retries come after exactly one second, three tries altogether. */
export function follow(
  fixture: TransportFixture,
  { handle, ...options }: FollowOptions = {},
  process: TransportProcess = fixture.open(),
): Following {
  const [calls, done]: number[][] = [[], []]
  const subscription = new DeliverySubscription(
    process.transport,
    {
      name: 'contract',
      retry: { attempts: 3, backoff: 'fixed', delay: 1_000 },
      breaker: false,
      ...options,
      async handle(event, context) {
        const index = indexOf(event)
        calls?.push(index)
        await handle?.(index, context, event)
        done?.push(index)
      },
    },
    { alarm: fixture.alarm, random: () => 0.5 },
  )
  subscription.start()
  return { subscription, process, calls: calls as number[], done: done as number[] }
}

export const indexOf = (event: Envelope): number =>
  Number((event.payload as { readonly index?: number }).index ?? -1)

/** Events that are told apart by their index, `each` of a key. */
export const series = (count: number, keys: readonly string[] = ['s'], first = 0): EventToSend[] =>
  Array.from({ length: count }, (_, at) => ({
    index: first + at,
    key: keys[at % keys.length] as string,
  }))

/** Resolves when so many wait for a retry and no handler runs. */
export async function untilWaiting({ subscription }: Following, count: number): Promise<void> {
  await until(async () => {
    const { waiting, inFlight } = await subscription.status()
    return waiting === count && inFlight === 0
  }, `${count} waiting for a retry`)
}

export async function deadLetters(
  { store }: TransportFixture,
  tenantId = 'acme',
): Promise<readonly DeadLetter[]> {
  return (await listDeadLetters(store, { subscription: 'contract', scope: { tenantId } })).letters
}

export async function untilDeadLetters(
  fixture: TransportFixture,
  count: number,
): Promise<readonly DeadLetter[]> {
  await until(async () => (await deadLetters(fixture)).length === count, `${count} dead letters`)
  return deadLetters(fixture)
}

/** Writes that the event was handled; how often is what `effects` says. */
export function addEffect({ delivery, unit }: DeliveryContext): void {
  const { tenantId, eventId } = delivery
  unit.add({ documents: [{ tenantId, collection: 'effect', id: eventId, value: true }] })
}

/** How often each event has taken effect. */
export async function effects({ store }: TransportFixture, tenantId = 'acme'): Promise<readonly number[]> {
  const found = await store.documents({ tenantId }, 'effect', { limit: 1_000 })
  return found.map(({ revision }) => revision)
}

/** The handler's promise, to be kept from returning until it is let go. */
export const gate = (): { readonly opened: Promise<void>; open(): void } => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

export const range = (count: number, first = 0): number[] =>
  Array.from({ length: count }, (_, at) => first + at)
