import type { SqlValue, Statement } from 'keelson'
import { isAddress, personKinds } from 'keelson'
import type { AuditFilter } from './filter.ts'
import { columnsOf, listNames } from './filter.ts'

/** What follows the columns of a SELECT of rows `a` of `audit_event`. */
export type Selection = Statement

/** What `isPersonKind` takes away around a kind: all that is white space, not only blanks. */
const whiteSpace =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

/** Gathers conditions with the values of their `?` markers, in order. */
export class Conditions {
  readonly params: SqlValue[] = []
  readonly #texts: string[] = []

  add(text: string, ...params: readonly SqlValue[]): void {
    this.#texts.push(text)
    this.params.push(...params)
  }

  /** Those of the filter's lists. */
  addLists(filter: AuditFilter, toStored: (value: string) => string = value => value): void {
    for (const name of listNames) {
      const values = filter[name]?.map(toStored)
      if (values === undefined || values.length === 0) continue
      const columns: readonly string[] = columnsOf[name]
      const marks = values.map(() => '?').join(', ')
      const anyOf = columns.map(column => `a.${column} IN (${marks})`).join(' OR ')
      this.add(`(${anyOf})`, ...columns.flatMap(() => values))
      if (name === 'resource' && filter.withoutPersonal) this.#addOpenResource(values)
    }
  }

  /** Of people only what is not personal counts: their kind, and ids that are no addresses. */
  #addOpenResource(values: readonly string[]): void {
    const open = values.filter(value => !isAddress(value))
    const kinds = personKinds.map(() => '?').join(', ')
    const parts = [`lower(trim(a.resource_type, ?)) NOT IN (${kinds})`]
    parts.push(`a.resource_type IN (${values.map(() => '?').join(', ')})`)
    if (open.length > 0) parts.push(`a.resource_id IN (${open.map(() => '?').join(', ')})`)
    this.add(`(${parts.join(' OR ')})`, whiteSpace, ...personKinds, ...values, ...open)
  }

  get text(): string {
    return this.#texts.join(' AND ')
  }
}
