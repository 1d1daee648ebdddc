/** A refusal as the broker words it: an AMQP condition and a text. */
export class BrokerFault extends Error {
  readonly condition: string

  constructor(condition: string, message: string) {
    super(message)
    this.name = 'BrokerFault'
    this.condition = condition
  }

  get description(): string {
    return this.message
  }
}

export const notFound = (path: string): BrokerFault =>
  new BrokerFault('amqp:not-found', `The messaging entity '${path}' could not be found. status-code: 404`)

export const messageLockLost = (): BrokerFault =>
  new BrokerFault('com.microsoft:message-lock-lost', 'The lock supplied is invalid.')

export const sessionLockLost = (session: string): BrokerFault =>
  new BrokerFault('com.microsoft:session-lock-lost', `The session lock of '${session}' was lost.`)

export const sessionLocked = (session: string): BrokerFault =>
  new BrokerFault(
    'com.microsoft:session-cannot-be-locked',
    `The requested session '${session}' cannot be accepted: it is locked by another receiver.`,
  )
