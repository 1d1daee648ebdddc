import type { SqlValue, Statement } from 'keelson'
import { checkpointName, runProjection } from 'keelson'
import { describe, expect, it } from 'vitest'
import { auditEvent, useAuditPlatform } from '../fixtures/audit-platform.ts'
import { AuditEventProjection } from './audit-event-projection.ts'

const trail = useAuditPlatform(async trail => {
  for (const tenantId of ['acme', 'globex']) {
    await trail.publish(
      tenantId,
      Array.from({ length: 40 }, (_, index) =>
        index % 3 === 0
          ? {
              eventType: 'com.example.thing',
              occurredAt: '2026-06-11T09:00:01Z',
              payload: { text: `word${index} for all` },
            }
          : auditEvent(
              { action: `a.${index % 4}`, summary: `Number ${index} of ${tenantId}` },
              { eventId: `e${index}` },
            ),
      ),
    )
  }
})

const scope = { tenantId: 'every tenant' } as const
const query = (sql: string): Promise<readonly SqlValue[][]> => trail().platform.store.query(scope, sql, [])

/** Everything that the projection has written, its words included. */
async function contents(): Promise<unknown> {
  return {
    rows: await query('SELECT * FROM audit_event ORDER BY position'),
    words: await query('SELECT term, doc, col, offset FROM temp_words ORDER BY doc, col, offset'),
  }
}

const statements = (...sql: string[]): Statement[] => sql.map(one => ({ sql: one, params: [] }))

describe('the projection of the audit trail', () => {
  it('has a row for each event of the log, with what the trail shows', async () => {
    expect(await query('SELECT tenant, count(*) FROM audit_event GROUP BY tenant ORDER BY tenant')).toEqual([
      ['acme', 40],
      ['globex', 40],
    ])
    const [row] = await query('SELECT * FROM audit_event WHERE position = 2')
    expect(row).toEqual([
      2,
      'acme',
      'e1',
      'AuditEventReceived',
      'keelson',
      'AuditEvent-repository:octo/hello',
      'e1',
      '2026-06-11T09:00:01.000000000Z',
      'user',
      'u-1',
      'Ada',
      'a.1',
      'repository',
      'octo/hello',
      'Hello',
      'success',
    ])
  })

  it('gives the same rows and words when it is built again from the log', async () => {
    const { store, projection } = trail().platform
    await store.commit({
      scope,
      statements: statements("CREATE VIRTUAL TABLE temp_words USING fts5vocab ('audit_text', 'instance')"),
    })
    const before = await contents()
    await projection(AuditEventProjection.name).close()
    const name = checkpointName(AuditEventProjection)
    await store.commit({
      scope,
      statements: [
        ...statements('DELETE FROM audit_event', 'DROP TABLE audit_text'),
        { sql: 'DELETE FROM checkpoint WHERE name = ?', params: [name] },
      ],
    })
    expect(await query('SELECT count(*) FROM audit_event')).toEqual([[0]])
    const again = await runProjection(store, AuditEventProjection)
    try {
      expect(await again.waitFor(80, 20_000)).toBe(true)
      expect(await contents()).toEqual(before)
      expect(await store.checkpoint(name)).toBe(80)
    } finally {
      await again.close()
    }
  })

  it.each(['sqlite', 'postgres'] as const)('writes the same for the same event on %s', async dialect => {
    const [event] = await trail().events('acme')
    const written = [1, 2].map(() => {
      const units: unknown[] = []
      AuditEventProjection.handle(event as NonNullable<typeof event>, {
        dialect,
        write: (...unit) => void units.push(unit),
        insert: (...row) => void units.push(row),
        add: parts => void units.push(parts),
      })
      return units
    })
    expect(written[0]).toHaveLength(2)
    expect(written[1]).toEqual(written[0])
  })
})
