import type { FieldFault } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { Filter } from './filter.ts'
import { createFilter } from './filter.ts'
import type { Constant, Expression, Predicate } from './syntax/expression.ts'
import { junction, literal } from './syntax/expression.ts'
import { filterLimits } from './syntax/limits.ts'
import { systemReference, userReference } from './syntax/property-reference.ts'
import type { SystemProperty } from './syntax/system-property.ts'

export type CorrelationValue = string | number | bigint | boolean

/** What a message must equal in every member that is given; texts are compared with regard to case. */
export interface CorrelationMembers {
  readonly correlationId?: string
  readonly messageId?: string
  readonly to?: string
  readonly replyTo?: string
  readonly replyToSessionId?: string
  readonly label?: string
  /** The newer name of `label`. */
  readonly subject?: string
  readonly sessionId?: string
  readonly contentType?: string
  /** Properties of the sender and members of the event, by name. */
  readonly properties?: Readonly<Record<string, CorrelationValue>>
}

export const systemMembers = {
  correlationId: 'CorrelationId',
  messageId: 'MessageId',
  to: 'To',
  replyTo: 'ReplyTo',
  replyToSessionId: 'ReplyToSessionId',
  label: 'Label',
  subject: 'Label',
  sessionId: 'SessionId',
  contentType: 'ContentType',
} as const satisfies Readonly<Record<string, SystemProperty>>

export type SystemMember = keyof typeof systemMembers

/**
 * The filter of a list of equalities, all of which must hold.
 *
 * @throws KeelsonError `filter_invalid` with every fault, also where no member is given
 */
export function correlationFilter(members: CorrelationMembers): Filter {
  const faults = isObject(members) ? faultsOf(members) : [{ pointer: '', message: 'It is no object' }]
  if (faults.length > 0)
    throw new KeelsonError(
      'filter_invalid',
      `The correlation filter is not well formed: ${faults[0]?.message}`,
      {
        faults,
      },
    )
  const { properties = {}, ...system } = members
  const terms = [
    ...Object.entries(system)
      .filter(([, value]) => value !== undefined)
      .map(([member, value]) =>
        equality(
          { kind: 'property', property: systemReference(systemMembers[member as SystemMember]) },
          value,
        ),
      ),
    ...Object.entries(properties).map(([name, value]) =>
      equality({ kind: 'property', property: userReference(name) }, toConstant(value)),
    ),
  ]
  return createFilter(junction('and', terms))
}

function equality(left: Expression, value: Constant): Predicate {
  return { kind: 'comparison', operator: '=', left, right: literal(value) }
}

function toConstant(value: CorrelationValue): Constant {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}

function faultsOf(members: CorrelationMembers): readonly FieldFault[] {
  const { properties = {}, ...system } = members
  if (!isObject(properties)) return [{ pointer: '/properties', message: 'The properties are no object' }]
  const given = Object.entries(system).filter(([, value]) => value !== undefined)
  const named = Object.entries(properties)
  const faults: FieldFault[] = [
    ...given.flatMap(([member, value]) => systemFault(member, value)),
    ...named.flatMap(([name, value]) => propertyFault(name, value)),
  ]
  if (given.length + named.length === 0) faults.push({ pointer: '', message: 'No member is given' })
  if (members.label !== undefined && members.subject !== undefined)
    faults.push({ pointer: '/subject', message: 'It is another name of label; give one of them' })
  if (named.length > filterLimits.correlationProperties)
    faults.push({
      pointer: '/properties',
      message: `There are more than ${filterLimits.correlationProperties} properties`,
    })
  return faults
}

function systemFault(member: string, value: unknown): readonly FieldFault[] {
  const pointer = `/${escapePointer(member)}`
  if (!Object.hasOwn(systemMembers, member)) return [{ pointer, message: `There is no member ${member}` }]
  return isText(value) ? [] : [{ pointer, message: `${member} is no text, or too long` }]
}

function propertyFault(name: string, value: unknown): readonly FieldFault[] {
  const pointer = `/properties/${escapePointer(name)}`
  const isName = name !== '' && name.length <= filterLimits.name
  const isValue =
    isText(value) ||
    typeof value === 'boolean' ||
    Number.isFinite(value) ||
    (typeof value === 'bigint' && isLong(value))
  return [
    ...(isName ? [] : [{ pointer, message: 'The name is empty or too long' }]),
    ...(isValue ? [] : [{ pointer, message: 'The value is no text, number or boolean, or too large' }]),
  ]
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown) => typeof value === 'string' && value.length <= filterLimits.largestText
const isLong = (value: bigint) => BigInt.asIntN(64, value) === value
const escapePointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')
