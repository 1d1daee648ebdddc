import type { AmqpError, Delivery } from 'rhea'
import rhea from 'rhea'
import type { BrokerFault } from '../fault.ts'
import type { Outcome, Properties } from '../queue/outcome.ts'

/** What rhea has and its types do not name. */
interface OutcomeMakers {
  accepted(): { described(): unknown }
  rejected(fields: { readonly error: AmqpError }): { described(): unknown }
}

const makers = rhea.message as typeof rhea.message & OutcomeMakers

export const acceptedState = (): unknown => makers.accepted().described()

export const rejectedState = ({ condition, description }: BrokerFault): unknown =>
  makers.rejected({ error: { condition, description } }).described()

/**
 * Tells the receiver what its settlement has come to. rhea keeps a delivery until its peer has settled too, which a
 * receiver of Service Bus never says; without it a link would stop after 2,048 of them.
 */
export function confirm(delivery: Delivery, state: unknown): void {
  delivery.update(true, state)
  Object.assign(delivery, { remote_settled: true })
}

type RemoteState = Delivery['remote_state']

/** A rejection is how a receiver has a message dead-lettered. */
export function rejectedOutcome(state: RemoteState): Outcome {
  const {
    DeadLetterReason: reason,
    DeadLetterErrorDescription: description,
    ...properties
  } = propertiesOf(state?.['error']?.info)
  return { kind: 'deadLetter', reason: textOf(reason), description: textOf(description), properties }
}

export const modifiedOutcome = (state: RemoteState): Outcome => ({
  kind: state?.['undeliverable_here'] === true ? 'defer' : 'abandon',
  properties: propertiesOf(state?.['message_annotations']),
})

export const propertiesOf = (value: unknown): Properties =>
  typeof value === 'object' && value !== null ? { ...value } : {}

export const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value)
