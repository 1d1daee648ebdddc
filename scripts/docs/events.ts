import { audit, governance, saas } from '@keelson/contexts'
import type { EventDefinition } from 'keelson'
import { code, fenced, table } from './table.ts'

interface Schema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly format?: string
}

/** Every defined event with its fields, context by context. */
export function eventSection(): string {
  return [audit, governance, saas]
    .flatMap(({ name, events }) => [`## The context ${name}`, ...events.map(describe)])
    .join('\n\n')
}

const kinds = { domain: 'Domain', integration: 'Integration', system: 'System' } as const

function describe(definition: EventDefinition): string {
  const facts = [
    `${kinds[definition.kind]} event, version ${definition.version}, topic ${code(definition.topic)}`,
    `from ${definition.producer}`,
    `for ${definition.consumers.join(', ')}`,
    ...(definition.aggregate === undefined ? [] : [`about ${definition.aggregate}`]),
  ]
  const parts = [
    `### ${definition.type}`,
    definition.summary,
    `${facts.join('; ')}.`,
    ...(definition.isDerived
      ? ['Derived from the log by its readers: it is neither published nor stored.']
      : []),
    ...(definition.isReserved ? ['Written by Keelson alone, when it has done what the event says.'] : []),
    table(
      ['field', 'required', 'type', 'meaning'],
      fields(definition.payload as Schema, '').map(row => [...row]),
    ),
  ]
  const personal = (definition.personal ?? []).map(({ pointer }) => code(pointer))
  if (personal.length > 0) parts.push(`Personal data: ${personal.join(', ')}.`)
  parts.push(fenced('json', JSON.stringify(definition.examples[0], null, 2)))
  return parts.join('\n\n')
}

type Row = readonly [field: string, required: string, type: string, meaning: string]

/** A row for each member, those of nested objects by their path. */
function fields(schema: Schema, prefix: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`
    const isRequired = schema.required?.includes(name) === true
    const row: Row = [code(path), isRequired ? 'yes' : '', typeOf(member), member.description ?? '']
    return [row, ...fields(member, `${path}.`), ...fields(member.items ?? {}, `${path}[].`)]
  })
}

function typeOf(schema: Schema): string {
  if (schema.enum) return `one of ${schema.enum.map(value => code(String(value))).join(', ')}`
  switch (schema.type) {
    case 'string':
      return [schema.format ?? 'text', span(schema.minLength, schema.maxLength)].filter(Boolean).join(', ')
    case 'integer':
    case 'number':
      return [schema.type === 'integer' ? 'whole number' : 'number', span(schema.minimum, schema.maximum)]
        .filter(Boolean)
        .join(', ')
    case 'array':
      return `list of ${schema.items?.type === 'object' ? 'objects' : typeOf(schema.items ?? {})}`
    default:
      return schema.type ?? 'any JSON'
  }
}

function span(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`
  if (least !== undefined) return `from ${least}`
  return most === undefined ? '' : `up to ${most}`
}
