import type { Message } from 'rhea'
import type { CorrelationMembers, Filter } from '../../../src/transport/index.ts'
import { correlationFilter, parseFilter, plainMessage } from '../../../src/transport/index.ts'
import { BrokerFault } from '../fault.ts'

export type RuleFilter =
  | { readonly kind: 'sql'; readonly expression: string }
  | { readonly kind: 'correlation'; readonly members: CorrelationMembers }

export interface Rule {
  readonly name: string
  readonly filter: RuleFilter
  matches(message: Message): boolean
}

/** @throws BrokerFault where the filter is not well formed. */
export function createRule(name: string, filter: RuleFilter): Rule {
  const compiled = compile(filter)
  return { name, filter, matches: message => compiled.matches(facts(message)) }
}

function compile(filter: RuleFilter): Filter {
  try {
    return filter.kind === 'sql' ? parseFilter(filter.expression) : correlationFilter(filter.members)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw new BrokerFault('com.microsoft:argument-error', `The filter is invalid: ${text}`)
  }
}

function facts(message: Message) {
  const system = {
    MessageId: message.message_id,
    CorrelationId: message.correlation_id,
    Label: message.subject,
    To: message.to,
    ReplyTo: message.reply_to,
    ReplyToSessionId: message.reply_to_group_id,
    SessionId: message.group_id,
    ContentType: message.content_type,
  }
  const given = Object.entries(system).filter(([, value]) => value !== undefined && value !== null)
  return plainMessage({
    properties: { ...message.application_properties },
    system: Object.fromEntries(given),
  })
}
