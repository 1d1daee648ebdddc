import { randomUUID } from 'node:crypto'
import type { PullResult, SettleResult } from '@keelson/server/api'
import type { ApiCall } from '../process/keelson.ts'
import { callApi } from '../process/keelson.ts'

/** The server, and a key that may do everything in its tenant. */
export interface Place {
  readonly url: string
  readonly key: string
}

export async function callDelivery<Answer>(
  { url, key }: Place,
  path: string,
  call: Partial<ApiCall> = {},
): Promise<Answer> {
  const { status, body } = await callApi(url, path, { key, ...call })
  if (status >= 300) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`)
  return body as Answer
}

/** Stores events of a stream each, that can be told apart by their subscription: `sub-1`, `sub-2`, …, after a prefix. */
export async function publishMany(place: Place, prefix: string, count: number): Promise<void> {
  for (let index = 1; index <= count; index++) await publishOne(place, `${prefix}-${index}`)
}

export const publishOne = (place: Place, subscriptionId: string): Promise<unknown> =>
  callDelivery(place, '/v1/events', {
    method: 'POST',
    body: {
      eventId: `evt-${randomUUID()}`,
      eventType: 'SubscriptionActivated',
      occurredAt: new Date().toISOString(),
      payload: { subscriptionId, editionCode: 'team' },
    },
  })

/** What a consumer says of an event: undefined that it is done. */
export type Answer = { readonly name?: string; readonly message: string; readonly isPermanent?: boolean }
export type Handler = (subscriptionId: string) => Answer | undefined

/** A consumer over HTTP, as one in any language would be, until it is stopped. */
export class Consumer {
  readonly #place: Place
  readonly #name: string
  readonly #stop = new AbortController()
  readonly #work: Promise<void>
  readonly done: string[] = []
  handle: Handler

  constructor(place: Place, name: string, handle: Handler) {
    this.#place = place
    this.#name = name
    this.handle = handle
    this.#work = this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#work
  }

  async #run(): Promise<void> {
    const path = `/v1/subscriptions/${this.#name}`
    while (!this.#stop.signal.aborted) {
      const pull = { method: 'POST', body: { max: 50, waitSeconds: 1 } } as const
      const { data } = await callDelivery<PullResult>(this.#place, `${path}/pull`, pull)
      if (data.length > 0) await this.#settle(path, data)
    }
  }

  async #settle(path: string, data: PullResult['data']): Promise<void> {
    const done: string[] = []
    const failed: unknown[] = []
    for (const { token, event } of data) {
      const { subscriptionId } = event.payload as { readonly subscriptionId: string }
      const answer = this.handle(subscriptionId)
      if (answer === undefined) {
        done.push(token)
        this.done.push(subscriptionId)
      } else {
        const { isPermanent, ...error } = answer
        failed.push({ token, error, ...(isPermanent ? { retry: false } : {}) })
      }
    }
    await callDelivery<SettleResult>(this.#place, `${path}/settle`, {
      method: 'POST',
      body: { done, failed },
    })
  }
}
