import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { KeelsonError } from '../../core/index.ts'
import type { AppendOutcome } from '../append/batch.ts'
import { fromFailure } from '../append/batch.ts'
import type { LogAppender } from '../append/log-appender.ts'
import type { PreparedDocument } from '../append/prepare-unit.ts'
import type { PreparedRedaction } from '../append/redaction.ts'
import { notRedacted, staleLinks } from '../append/redaction.ts'
import { wipeKeys } from '../append/seal-secrets.ts'
import { withoutKids } from '../append/sealed-text.ts'
import type { BodyChange, SecretChange } from '../types.ts'
import type { WriterUnit } from './protocol.ts'

const maxStatements = 200

/** Carries out the parts of a unit of work in the open transaction. */
export class UnitWriter {
  readonly #database: DatabaseSync
  readonly #appender: LogAppender
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, appender: LogAppender) {
    this.#database = database
    this.#appender = appender
  }

  /** @throws KeelsonError with the first part that is refused; the caller rolls back. */
  run(unit: WriterUnit): AppendOutcome | undefined {
    if (unit.checkpoint) this.#moveCheckpoint(unit.checkpoint)
    const outcome = unit.batch ? this.#appender.append(unit.batch) : undefined
    if (unit.batch) wipeKeys(unit.batch)
    const failure = outcome?.failures.find(one => one !== undefined)
    if (failure) throw fromFailure(failure)
    for (const change of unit.documents) this.#changeDocument(change)
    for (const change of unit.bodies) this.#changeBodies(change)
    for (const change of unit.secrets) this.#removeSecrets(change)
    for (const redaction of unit.redactions) this.#redact(redaction)
    for (const { sql, params } of unit.statements) {
      this.#statement(sql).run(...params)
      if (!this.#database.isTransaction)
        throw new KeelsonError('append_invalid', 'A statement of the unit of work ended its transaction')
    }
    return outcome
  }

  #moveCheckpoint({ name, from, to }: NonNullable<WriterUnit['checkpoint']>): void {
    const moved =
      from === 0
        ? this.#statement(
            'INSERT INTO checkpoint (name, position) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET position = ?2 WHERE position = 0',
          ).run(name, to)
        : this.#statement('UPDATE checkpoint SET position = ?2 WHERE name = ?1 AND position = ?3').run(
            name,
            to,
            from,
          )
    if (Number(moved.changes) === 1) return
    throw new KeelsonError('checkpoint_conflict', `The checkpoint "${name}" does not stand at ${from}`, {
      name,
      from,
    })
  }

  #changeDocument({ tenantId, collection, id, value, due, expected }: PreparedDocument): void {
    const row = this.#statement(
      'SELECT revision FROM document WHERE tenant = ? AND collection = ? AND id = ?',
    ).get(tenantId, collection, id) as { revision: number } | undefined
    const actual = row?.revision ?? 0
    if (expected !== null && expected !== actual) throw documentConflict(collection, id, expected, actual)
    if (value === null) {
      this.#statement('DELETE FROM document WHERE tenant = ? AND collection = ? AND id = ?').run(
        tenantId,
        collection,
        id,
      )
      return
    }
    this.#statement(
      `INSERT INTO document (tenant, collection, id, revision, due, value) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (tenant, collection, id) DO UPDATE SET revision = excluded.revision, due = excluded.due, value = excluded.value`,
    ).run(tenantId, collection, id, actual + 1, due, value)
  }

  #changeBodies({ tenantId, positions, becomes }: BodyChange): void {
    const state = becomes === 'archived' ? 1 : 2
    // An archived body may be removed for good, never the other way round.
    this.#statement(
      `UPDATE event SET state = ?1, body = '', blind = x'', secrets = iif(?1 = 1, secrets, '') WHERE state < ?1
       AND tenant = (SELECT id FROM tenant WHERE name = ?2) AND position IN (SELECT value FROM json_each(?3))`,
    ).run(state, tenantId, JSON.stringify(positions))
  }

  #removeSecrets({ tenantId, positions, kids }: SecretChange): void {
    const gone = new Set(kids)
    const rows = this.#statement(
      `SELECT position, secrets FROM event WHERE secrets <> ''
       AND tenant = (SELECT id FROM tenant WHERE name = ?1) AND position IN (SELECT value FROM json_each(?2))`,
    ).all(tenantId, JSON.stringify(positions)) as { position: number; secrets: string }[]
    for (const { position, secrets } of rows) {
      const rest = withoutKids(secrets, gone)
      if (rest !== secrets)
        this.#statement('UPDATE event SET secrets = ? WHERE position = ?').run(rest, position)
    }
  }

  #redact(change: PreparedRedaction): void {
    const { tenantId, position, eventId, body, blind, before } = change
    const row = this.#statement(
      `SELECT tenant, body FROM event WHERE position = ? AND state <= ?
       AND tenant = (SELECT id FROM tenant WHERE name = ?) AND leaf ->> 'id' = ?`,
    ).get(position, before === undefined ? 0 : 1, tenantId, eventId) as
      | { tenant: number; body: string }
      | undefined
    if (!row) throw notRedacted(change)
    this.#statement('UPDATE event SET body = ?, blind = ?, state = 0 WHERE position = ?').run(
      body,
      Buffer.from(blind, 'base64url'),
      position,
    )
    for (const link of staleLinks(row.body, change))
      this.#statement('DELETE FROM event_link WHERE tenant = ? AND link = ? AND position = ?').run(
        row.tenant,
        link,
        position,
      )
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      if (this.#statements.size >= maxStatements) this.#statements.clear()
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

function documentConflict(collection: string, id: string, expected: number, actual: number): KeelsonError {
  return new KeelsonError(
    'document_conflict',
    `The document "${id}" of ${collection} was expected at revision ${expected}, but it is at ${actual}`,
    { collection, id, expected, actual },
  )
}
