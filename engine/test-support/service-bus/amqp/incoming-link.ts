import type { EventContext, Receiver } from 'rhea'
import { BrokerFault } from '../fault.ts'
import type { Namespace } from '../namespace.ts'
import { acceptedState, rejectedState } from './outcome-state.ts'
import { decodeTransfer } from './wire-message.ts'

/** Bytes of a message or a batch, as the standard tier has it. */
export const largestMessage = 256 * 1024

/** Takes what is sent over a link to a topic or queue. */
export function receiveOn(receiver: Receiver, path: string, namespace: Namespace): void {
  receiver.on('message', ({ message, delivery }: EventContext) => {
    if (message === undefined || delivery === undefined) return
    try {
      namespace.address(path).send(decodeTransfer(message, delivery.format))
      namespace.schedule()
      delivery.update(true, acceptedState())
    } catch (error) {
      if (!(error instanceof BrokerFault)) throw error
      delivery.update(true, rejectedState(error))
    }
  })
}
