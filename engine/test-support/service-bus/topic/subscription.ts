import type { Message } from 'rhea'
import { BrokerFault } from '../fault.ts'
import type { MessageQueue } from '../queue/message-queue.ts'
import type { Rule, RuleFilter } from './rule.ts'
import { createRule } from './rule.ts'

export const defaultRule = '$Default'

/** A queue that gets what its rules match of a topic. */
export class TopicSubscription {
  readonly name: string
  readonly queue: MessageQueue
  /** What the creator gave, as it came, for whoever asks. */
  description: ReadonlyMap<string, string>
  readonly #rules = new Map<string, Rule>()

  constructor(name: string, queue: MessageQueue, description: ReadonlyMap<string, string> = new Map()) {
    this.name = name
    this.queue = queue
    this.description = description
    this.#rules.set(defaultRule, createRule(defaultRule, { kind: 'sql', expression: '1=1' }))
  }

  get rules(): readonly Rule[] {
    return [...this.#rules.values()]
  }

  addRule(name: string, filter: RuleFilter): void {
    if (this.#rules.has(name))
      throw new BrokerFault('com.microsoft:entity-already-exists', `The rule '${name}' exists already.`)
    this.#rules.set(name, createRule(name, filter))
  }

  replaceRule(name: string, filter: RuleFilter): void {
    this.#rules.set(name, createRule(name, filter))
  }

  removeRule(name: string): void {
    if (!this.#rules.delete(name))
      throw new BrokerFault('amqp:not-found', `The messaging entity rule '${name}' could not be found.`)
  }

  wants(message: Message): boolean {
    return this.rules.some(rule => rule.matches(message))
  }
}
