import type { AuditFilter } from '@keelson/contexts/audit'
import type { FieldFault } from 'keelson'
import { KeelsonError, toUtc } from 'keelson'

type RawQuery = Readonly<Record<string, unknown>>

const lists = ['type', 'actor', 'action', 'resource', 'outcome', 'source', 'stream', 'correlationId'] as const
/** Names of the filter parameters, the same for pages, facets and the live tail. */
export const filterNames: readonly string[] = [...lists, 'from', 'to', 'q']
const outcomes = ['success', 'failure', 'denied', 'unknown']
const maxValues = 50
const maxLength = 1024

/** Reads query parameters; every fault is reported at once by `done`. */
export class QueryReader {
  readonly #query: RawQuery
  readonly #faults: FieldFault[] = []

  constructor(query: unknown, known: readonly string[]) {
    this.#query = query as RawQuery
    const knownText = known.length === 0 ? 'there is none here' : `known are ${known.join(', ')}`
    for (const name of Object.keys(this.#query)) {
      if (!known.includes(name)) this.fault(name, `is not a parameter; ${knownText}`)
    }
  }

  text(name: string): string | undefined {
    const value = this.#query[name]
    if (value === undefined || value === '') return undefined
    if (typeof value === 'string' && value.length <= maxLength) return value
    this.fault(name, `must be given once, with at most ${maxLength} characters`)
    return undefined
  }

  /** `check` says what is wrong with a value. */
  list(name: string, check: (value: string) => string | undefined = () => undefined): string[] | undefined {
    const value = this.#query[name]
    if (value === undefined) return undefined
    const values = (Array.isArray(value) ? value : [value]).filter(item => item !== '') as string[]
    if (
      values.length > maxValues ||
      values.some(item => typeof item !== 'string' || item.length > maxLength)
    ) {
      this.fault(name, `takes at most ${maxValues} values of at most ${maxLength} characters`)
      return undefined
    }
    const wrong = values.map(check).find(fault => fault !== undefined)
    if (wrong !== undefined) this.fault(name, wrong)
    return values.length === 0 ? undefined : values
  }

  integer(name: string, least: number, most: number, otherwise: number): number {
    const text = this.text(name)
    if (text === undefined) return otherwise
    const value = Number(text)
    if (/^\d{1,16}$/.test(text) && value >= least && value <= most) return value
    this.fault(name, `must be a whole number from ${least} to ${most}`)
    return otherwise
  }

  oneOf<Value extends string>(name: string, values: readonly Value[], otherwise: Value): Value {
    const text = this.text(name)
    if (text === undefined) return otherwise
    if ((values as readonly string[]).includes(text)) return text as Value
    this.fault(name, `must be one of ${values.join(', ')}`)
    return otherwise
  }

  time(name: string): string | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const utc = toUtc(text)
    if (utc === undefined)
      this.fault(name, 'must be an RFC 3339 time with a zone, such as 2026-06-11T09:00:01Z')
    return utc
  }

  filter(): AuditFilter {
    const filter: Record<string, string[] | string> = {}
    for (const name of lists) {
      const values = this.list(name)
      if (values) filter[name] = values
      const wrong = name === 'outcome' ? values?.find(value => !outcomes.includes(value)) : undefined
      if (wrong !== undefined) this.fault(name, `must be one of ${outcomes.join(', ')}`)
    }
    const from = this.time('from')
    const to = this.time('to')
    const text = this.text('q')?.trim()
    return {
      ...filter,
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
      ...(text ? { text } : {}),
    } as AuditFilter
  }

  /** @throws KeelsonError `query_invalid` with all faults. */
  done(): void {
    const [first] = this.#faults
    if (!first) return
    throw new KeelsonError('query_invalid', `The parameter ${first.pointer.slice(1)} ${first.message}`, {
      faults: this.#faults.slice(0, 20),
    })
  }

  /** Adds a fault that its caller found, for `done` to report with the others. */
  fault(name: string, message: string): void {
    this.#faults.push({ pointer: `/${name.slice(0, 60)}`, message })
  }
}

type Order = 'asc' | 'desc'
type Sort = 'recorded' | 'occurred'

/** A cursor is the position to go on from, with the order that it was made in. */
export function toCursor(position: number, order: Order, sort: Sort = 'recorded'): string {
  return Buffer.from(`${kindOf(order, sort)}${position}`).toString('base64url')
}

/** @throws KeelsonError `cursor_invalid`. */
export function fromCursor(cursor: string, order: Order, sort: Sort = 'recorded'): number {
  const parts = /^([12][ad])(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!parts || !Number.isSafeInteger(Number(parts[2]))) throw new KeelsonError('cursor_invalid')
  if (parts[1] !== kindOf(order, sort))
    throw new KeelsonError('cursor_invalid', 'The cursor was made for the other order')
  return Number(parts[2])
}

function kindOf(order: Order, sort: Sort): string {
  return `${sort === 'recorded' ? 1 : 2}${order === 'asc' ? 'a' : 'd'}`
}
