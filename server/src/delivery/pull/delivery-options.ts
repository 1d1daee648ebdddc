import type { DeliveryOptions } from 'keelson'
import type { OwnSubscription } from '../own/own-subscription.ts'
import { engineNameOf } from '../own/own-subscription.ts'
import type { Mailbox } from './mailbox.ts'

const second = 1_000
const day = 86_400_000

/** What a tenant's subscription is to the engine: its handler leaves events in the mailbox, for consumers to pull. */
export function deliveryOptionsOf(own: OwnSubscription, mailbox: Mailbox): DeliveryOptions {
  const { types, topics, filter, retry, deadLetter, concurrency, timeoutSeconds } = own.definition
  const { attempts, backoff, initialSeconds, maxSeconds, jitter } = retry
  return {
    name: engineNameOf(own),
    tenantId: own.tenantId,
    ...(types === null ? {} : { types }),
    ...(topics === null ? {} : { topics }),
    ...(filter === null ? {} : { filter }),
    // Where it starts was settled when it was made.
    start: 'beginning',
    retry: {
      attempts,
      backoff,
      initialDelay: initialSeconds * second,
      maxDelay: maxSeconds * second,
      jitter,
    },
    deadLetter,
    concurrency,
    window: 1_000,
    batchSize: Math.max(10, Math.min(50, concurrency)),
    // The mailbox keeps the time of consumers.
    timeout: day,
    breaker: { probeTimeout: Math.max(300, timeoutSeconds + 60) * second },
    // A consumer has its event beyond the end of this process: there is nothing to wait for.
    grace: 0,
    handle: (event, context) => mailbox.offer(event, context),
  }
}
