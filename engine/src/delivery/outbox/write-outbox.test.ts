import { describe, expect, it } from 'vitest'
import { runInContext } from '../../core/index.ts'
import { order } from './fixtures/outbox-cases.ts'
import type { OutboxTransaction } from './index.ts'
import { outboxSchema, writeOutbox } from './index.ts'

/** Statements that would run. */
function noting(dialect: 'postgres' | 'sqlite') {
  const statements: (readonly unknown[])[] = []
  const transaction: OutboxTransaction = {
    dialect,
    run: async (sql, params) => void statements.push([sql, ...params]),
  }
  return { transaction, statements }
}

const { aggregateId: _, ...alone } = order(0)

describe('what cannot be published', () => {
  it.each([
    ['an event without an aggregate', alone, 'outbox_invalid', '/aggregateId'],
    ['an id that is no UUID', { ...order(0), eventId: 'evt-1' }, 'outbox_invalid', '/eventId'],
    [
      'an id that the column writes otherwise',
      { ...order(0), eventId: '4D47E190-0402-4048-BC2C-89DD54343CDC' },
      'outbox_invalid',
      '/eventId',
    ],
    ['what jsonb has not', { ...order(0), payload: { text: 'a\\\0b' } }, 'outbox_invalid', '/payload'],
    ['a broken character', { ...order(0), payload: '\ud800' }, 'json_lone_surrogate', undefined],
    ['a member that no envelope has', { ...order(0), colour: 'red' }, 'envelope_invalid', '/colour'],
    ['a tenant that is none', { ...order(0), tenantId: 'A B' }, 'envelope_invalid', '/tenantId'],
    ['what is too large', { ...order(0), payload: 'x'.repeat(300_000) }, 'event_too_large', undefined],
  ])('is refused: %s', async (_name, event, code, pointer) => {
    const { transaction, statements } = noting('postgres')
    const written = writeOutbox(transaction, [order(1), event])
    await expect(written).rejects.toMatchObject({
      code,
      ...(pointer === undefined ? {} : { details: { faults: [{ pointer }] } }),
    })
    expect(statements).toEqual([])
  })

  it('is refused by the check that is given', async () => {
    const { transaction, statements } = noting('sqlite')
    const check = () => {
      throw new TypeError('no such type')
    }
    await expect(writeOutbox(transaction, order(0), { check })).rejects.toThrow('no such type')
    expect(statements).toEqual([])
  })

  it.each(['out box', 'outbox;--', 'Outbox', 'a.b.c', ''])('is refused: the table %j', async table => {
    expect(() => outboxSchema('postgres', { table })).toThrow(/cannot be the name/)
    await expect(writeOutbox(noting('sqlite').transaction, order(0), { table })).rejects.toMatchObject({
      code: 'outbox_invalid',
    })
  })
})

describe('an event', () => {
  it('is of the tenant, correlation and trace of the context', async () => {
    const { transaction, statements } = noting('sqlite')
    const { tenantId: _tenant, ...event } = order(0)
    await expect(writeOutbox(transaction, event)).rejects.toMatchObject({ code: 'outbox_invalid' })
    const context = { tenantId: 'globex', correlationId: 'c', traceId: 't', causationId: 'b' }
    const [id] = await runInContext(context, () => writeOutbox(transaction, event))
    const [, ...params] = statements[0] as readonly string[]
    expect(params.slice(0, 7)).toEqual([
      id,
      'Order',
      'order-0',
      'SampleHappened',
      '{"index":0}',
      'globex',
      '2026-06-11T09:00:01Z',
    ])
    expect(JSON.parse(params[7] as string)).toEqual({
      schemaVersion: '1.0',
      source: 'outbox',
      correlationId: 'c',
      causationId: 'b',
      traceId: 't',
    })
  })

  it('may have a text that looks like an escape', async () => {
    const { transaction, statements } = noting('postgres')
    await writeOutbox(transaction, { ...order(0), payload: 'a\\u0000' })
    expect(statements).toHaveLength(1)
  })

  it('is in one statement on PostgreSQL, however many there are, and nothing is done for none', async () => {
    const { transaction, statements } = noting('postgres')
    expect(await writeOutbox(transaction, [order(0), order(1), order(2)])).toHaveLength(3)
    expect(await writeOutbox(transaction, [])).toEqual([])
    expect(statements).toHaveLength(1)
  })
})
