import { describe, expect, it } from 'vitest'
import { platformTenant } from '../../core/index.ts'
import { createTestRegistry, requiring } from './fixtures/test-registry.ts'
import type { SubjectSummary } from './list-subjects.ts'

const a = { schema: requiring('a') }
const b = { schema: requiring('b') }
const ab = { schema: requiring('a', 'b') }
const none = { compatibility: 'none' } as const
const names = (items: readonly SubjectSummary[]) => items.map(item => item.subject)

describe('registering', () => {
  it('gives dense versions and ids, and the same schema what it has', async () => {
    const { registry } = createTestRegistry()
    const first = await registry.register('acme', 's', { ...a, ...none })
    const second = await registry.register('acme', 's', b)
    expect([first, second]).toMatchObject([
      { id: 1_000_001, version: 1, isNew: true },
      { id: 1_000_002, version: 2, isNew: true },
    ])
    const again = await registry.register('acme', 's', { schema: ` ${a.schema}` })
    expect(again).toEqual({ ...first, isNew: false })
    expect(await registry.register('acme', 'other', a)).toMatchObject({
      id: 1_000_001,
      version: 1,
      isNew: true,
    })
    expect(first.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('tells the same text in another language, or with other references, apart', async () => {
    const { registry } = createTestRegistry()
    const text = { schema: '{}' }
    await registry.register('acme', 'base', a)
    const references = [{ name: 'base', subject: 'base', version: 1 }]
    const ids = [
      await registry.register('acme', 'j', text),
      await registry.register('acme', 'v', { ...text, schemaType: 'AVRO' }),
      await registry.register('acme', 'r', { ...text, references }),
    ].map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
  })

  it('numbers the platform from 1', async () => {
    const { registry } = createTestRegistry()
    expect(await registry.register(platformTenant, 'shared', a)).toMatchObject({ id: 1, version: 1 })
  })

  it('refuses what does not fit, says why, and records nothing', async () => {
    const { registry, log } = createTestRegistry()
    await registry.register('acme', 's', a)
    await expect(registry.register('acme', 's', ab)).rejects.toMatchObject({
      code: 'schema_incompatible',
      message: expect.stringContaining('/b is required'),
      details: { messages: ['/b is required'], mode: 'backward' },
    })
    expect(log.changes.get('acme')).toHaveLength(1)
    await expect(registry.register('acme', 's', { schema: '{}', schemaType: 'AVRO' })).rejects.toMatchObject({
      code: 'schema_incompatible',
    })
  })

  it('compares with the newest alone, or with all where that is asked for', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 's', { ...b, ...none })
    await registry.register('acme', 's', ab)
    await expect(registry.register('acme', 's', { ...a, compatibility: 'backward' })).resolves.toMatchObject({
      version: 3,
    })
    await registry.setCompatibility('acme', 's', 'backward_transitive')
    const verdict = await registry.check('acme', 's', {
      schema: requiring('a').replace('{', '{"title":"T",'),
    })
    expect(verdict).toMatchObject({ isCompatible: false, mode: 'backward_transitive', comparedWith: 1 })
  })

  it.each<[string, string, object]>([
    ['the name of a type of the product', 'SubscriptionActivated', a],
    ["a name that is the platform's", 'shared', a],
  ])('refuses %s', async (_, name, request) => {
    const { registry } = createTestRegistry()
    await registry.register(platformTenant, 'shared', a)
    await expect(registry.register('acme', name, request as typeof a)).rejects.toMatchObject({
      code: 'schema_subject_taken',
    })
  })

  it.each<[string, string, object]>([
    ['no name', '', a],
    ['a name with a line break', 'a\nb', a],
    ['a reserved name', 'by-id', a],
    ['a long name', 'x'.repeat(256), a],
    ['no text', 's', { schema: 7 }],
    ['an unknown language', 's', { ...a, schemaType: 'XML' }],
    ['an unknown mode', 's', { ...a, compatibility: 'sideways' }],
    ['a reference twice', 's', { ...a, references: Array(2).fill({ name: 'x', subject: 'x', version: 1 }) }],
    ['many references', 's', { ...a, references: Array(21).fill({ name: 'x', subject: 'x', version: 1 }) }],
    ['a version that is no number', 's', { ...a, references: [{ name: 'x', subject: 'x', version: 0 }] }],
  ])('refuses %s', async (_, name, request) => {
    const { registry, log } = createTestRegistry()
    await expect(registry.register('acme', name, request as typeof a)).rejects.toMatchObject({
      code: 'request_invalid',
    })
    expect(log.changes.size).toBe(0)
  })

  it('keeps within its limits', async () => {
    const { registry } = createTestRegistry({ subjects: 2, versions: 2, size: 1_200 })
    const limit = { code: 'schema_limit_reached' }
    await registry.register('acme', 'one', { ...a, ...none })
    await registry.register('acme', 'one', b)
    await expect(registry.register('acme', 'one', ab)).rejects.toMatchObject(limit)
    await registry.register('acme', 'two', a)
    await expect(registry.register('acme', 'three', a)).rejects.toMatchObject(limit)
    await expect(registry.setMode('acme', 'three', 'READONLY')).rejects.toMatchObject(limit)
    await expect(registry.setCompatibility('acme', 'three', 'none')).rejects.toMatchObject(limit)
    const long = { schema: JSON.stringify({ description: 'x'.repeat(1_200) }) }
    await expect(registry.register('acme', 'two', { ...long, ...none })).rejects.toMatchObject(limit)
  })

  it('hands the newest hash to a guard, and ends where it throws', async () => {
    const { registry, log } = createTestRegistry()
    const seen: (string | undefined)[] = []
    const guard = (newest: { hash: string } | undefined) => void seen.push(newest?.hash)
    const { hash } = await registry.register('acme', 's', { ...a, ...none }, { guard })
    await registry.register('acme', 's', b, { guard })
    expect(seen).toEqual([undefined, hash])
    const stop = () => {
      throw new Error('no')
    }
    await expect(registry.register('acme', 's', ab, { guard: stop })).rejects.toThrow('no')
    expect(log.changes.get('acme')).toHaveLength(3)
  })
})

describe('references', () => {
  it('lead to versions of the tenant and of the platform, also through others', async () => {
    const { registry } = createTestRegistry()
    await registry.register(platformTenant, 'money', { schema: '{"type":"number"}' })
    const money = { name: 'money.json', subject: 'money', version: 1 }
    await registry.register('acme', 'line', {
      schema: '{"items":{"$ref":"money.json"}}',
      references: [money],
    })
    const line = { name: 'line.json', subject: 'line', version: 1 }
    await registry.register('acme', 'order', { schema: '{"items":{"$ref":"line.json"}}', references: [line] })
    const order = await registry.version('acme', 'order', 'latest')
    const { references } = await registry.document('acme', order)
    expect(references.map(({ name }) => name)).toEqual(['money.json', 'line.json'])
    expect(await registry.referencedBy('acme', 'line', 1)).toEqual([order.id])
  })

  it('that lead nowhere are refused, and what is referred to is kept', async () => {
    const { registry } = createTestRegistry()
    const references = [{ name: 'x', subject: 'x', version: 1 }]
    const schema = { schema: '{"$ref":"x"}', references }
    await expect(registry.register('acme', 'y', schema)).rejects.toMatchObject({ code: 'schema_invalid' })
    await registry.register('acme', 'x', a)
    await registry.register('acme', 'y', schema)
    await expect(registry.deleteVersion('acme', 'x', 1)).rejects.toMatchObject({ code: 'schema_referenced' })
    await expect(registry.deleteSubject('acme', 'x')).rejects.toMatchObject({ code: 'schema_referenced' })
    await registry.deleteSubject('acme', 'y')
    expect(await registry.deleteVersion('acme', 'x', 1)).toBe(1)
  })

  it('of the platform lead to the platform alone, whoever looks', async () => {
    const { registry } = createTestRegistry()
    const money = { name: 'money', subject: 'money', version: 1 }
    const prices = { schema: '{"items":{"$ref":"money"}}', references: [money] }
    await registry.register('acme', 'money', { schema: '{"type":"string","title":"secret"}' })
    await registry.register(platformTenant, 'money', { schema: '{"type":"number"}' })
    await registry.register(platformTenant, 'prices', prices)
    const found = await registry.version('acme', 'prices', 1)
    const { references } = await registry.document('acme', found)
    expect(references).toEqual([{ name: 'money', text: '{"type":"number"}' }])
    const name = { name: 'prices', subject: 'prices', version: 1 }
    await registry.register('acme', 'bills', { schema: '{"items":{"$ref":"prices"}}', references: [name] })
    const bills = await registry.document('acme', await registry.version('acme', 'bills', 1))
    expect(bills.references.map(({ text }) => text)).toEqual(['{"type":"number"}', prices.schema])
  })

  it('do not lead to another tenant', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'x', a)
    const references = [{ name: 'x', subject: 'x', version: 1 }]
    await expect(registry.register('globex', 'y', { schema: '{"$ref":"x"}', references })).rejects.toThrow(
      'not there',
    )
  })
})

describe('deleting', () => {
  it('leaves what is deleted to be found by its id, until it is for good', async () => {
    const { registry } = createTestRegistry()
    const { id } = await registry.register('acme', 's', { ...a, ...none })
    await registry.register('acme', 's', b)
    await expect(registry.deleteVersion('acme', 's', 1, true)).rejects.toMatchObject({
      code: 'schema_not_deleted',
    })
    expect(await registry.deleteVersion('acme', 's', 1)).toBe(1)
    await expect(registry.version('acme', 's', 1)).rejects.toMatchObject({ details: { missing: 'version' } })
    expect(await registry.version('acme', 's', 1, { includeDeleted: true })).toMatchObject({
      isDeleted: true,
      id,
    })
    expect(await registry.byId('acme', id)).toMatchObject({ schema: a.schema })
    await expect(registry.deleteVersion('acme', 's', 1)).rejects.toMatchObject({
      details: { isDeleted: true },
    })
    await registry.deleteVersion('acme', 's', 1, true)
    await expect(registry.byId('acme', id)).rejects.toMatchObject({ details: { missing: 'schema' } })
    await expect(
      registry.byHash('acme', (await registry.version('acme', 's', 2)).hash),
    ).resolves.toMatchObject({ version: 2 })
  })

  it('gives no number out twice, and the same text its id again', async () => {
    const { registry } = createTestRegistry()
    const { id } = await registry.register('acme', 's', a)
    await registry.deleteSubject('acme', 's')
    await registry.deleteSubject('acme', 's', true)
    await expect(registry.subject('acme', 's', { includeDeleted: true })).rejects.toMatchObject({
      code: 'schema_not_found',
    })
    expect(await registry.register('acme', 's', a)).toMatchObject({ id, version: 2, isNew: true })
    expect(await registry.register('acme', 't', b)).toMatchObject({ id: id + 1, version: 1 })
  })

  it('deletes a subject with what was set for it', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 's', { ...a, ...none })
    await registry.register('acme', 's', b)
    expect(await registry.deleteSubject('acme', 's')).toEqual([1, 2])
    expect(await registry.compatibility('acme', 's')).toEqual({ value: 'backward', isOwn: false })
    await expect(registry.deleteSubject('acme', 's')).rejects.toMatchObject({ details: { isDeleted: true } })
    expect(await registry.deleteSubject('acme', 's', true)).toEqual([1, 2])
    await expect(registry.deleteSubject('acme', 's', true)).rejects.toMatchObject({
      code: 'schema_not_found',
    })
  })

  it('keeps a text that another version still has', async () => {
    const { registry } = createTestRegistry()
    const { id } = await registry.register('acme', 's', a)
    await registry.register('acme', 't', a)
    expect((await registry.usesOf('acme', id)).map(use => use.subject)).toEqual(['s', 't'])
    await registry.deleteSubject('acme', 's')
    await registry.deleteSubject('acme', 's', true)
    expect((await registry.usesOf('acme', id)).map(use => use.subject)).toEqual(['t'])
    expect(await registry.byId('acme', id)).toMatchObject({ subject: 't' })
  })
})

describe('settings', () => {
  it('of a subject go before those of the scope', async () => {
    const { registry } = createTestRegistry()
    expect(await registry.compatibility('acme')).toEqual({ value: 'backward', isOwn: false })
    await registry.setCompatibility('acme', undefined, 'none')
    expect(await registry.compatibility('acme', 's')).toEqual({ value: 'none', isOwn: false })
    await registry.setCompatibility('acme', 's', 'full')
    expect(await registry.compatibility('acme', 's')).toEqual({ value: 'full', isOwn: true })
    await registry.setCompatibility('acme', 's', undefined)
    await registry.setCompatibility('acme', undefined, undefined)
    expect(await registry.compatibility('acme', 's')).toEqual({ value: 'backward', isOwn: false })
    expect(await registry.compatibility('globex')).toEqual({ value: 'backward', isOwn: false })
  })

  it('close the scope or a subject to changes', async () => {
    const { registry } = createTestRegistry()
    const readOnly = { code: 'schema_read_only' }
    await registry.register('acme', 's', { ...a, ...none })
    await registry.setMode('acme', undefined, 'READONLY')
    await expect(registry.register('acme', 's', b)).rejects.toMatchObject(readOnly)
    await expect(registry.deleteSubject('acme', 's')).rejects.toMatchObject(readOnly)
    await expect(registry.deprecate('acme', 's', { reason: 'old' })).rejects.toMatchObject(readOnly)
    await expect(registry.setCompatibility('acme', 's', 'full')).rejects.toMatchObject(readOnly)
    await registry.setMode('acme', 's', 'READWRITE')
    await expect(registry.register('acme', 's', b)).resolves.toMatchObject({ version: 2 })
    expect(await registry.mode('acme', 's')).toEqual({ value: 'READWRITE', isOwn: true })
    expect(await registry.mode('acme', 't')).toEqual({ value: 'READONLY', isOwn: false })
  })

  it('say that a subject is going away', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 's', a)
    const said = await registry.deprecate('acme', 's', {
      reason: 'old',
      successor: 't',
      sunset: '2027-01-01',
    })
    expect(said.deprecation).toMatchObject({ reason: 'old', successor: 't', sunset: '2027-01-01' })
    expect((await registry.version('acme', 's', 1)).deprecation?.since).toMatch(/^2026-/)
    expect((await registry.deprecate('acme', 's', undefined)).deprecation).toBeUndefined()
    await expect(registry.deprecate('acme', 'x', { reason: 'old' })).rejects.toMatchObject({
      code: 'schema_not_found',
    })
  })
})

describe('listing', () => {
  it('finds by prefix and by words, in pages', async () => {
    const { registry } = createTestRegistry()
    const titled = (title: string) => ({ schema: JSON.stringify({ title, description: 'Of a customer.' }) })
    await registry.register('acme', 'orders-value', titled('An Order'))
    await registry.register('acme', 'orders-key', titled('The key'))
    await registry.register(platformTenant, 'address', titled('Where'))
    const list = async (query: object) => names((await registry.subjects('acme', query)).items)
    expect(await list({})).toEqual(['address', 'orders-key', 'orders-value'])
    expect(await list({ prefix: 'orders-' })).toEqual(['orders-key', 'orders-value'])
    expect(await list({ text: 'an oRder' })).toEqual(['orders-value'])
    expect(await list({ text: 'CUSTOMER' })).toHaveLength(3)
    expect(await list({ scope: 'platform' })).toEqual(['address'])
    expect(await registry.subjects('acme', { limit: 1 })).toMatchObject({ hasMore: true })
    expect(await registry.subjects('acme', { limit: 2, after: 'address' })).toMatchObject({ hasMore: false })
    await registry.deprecate('acme', 'orders-key', { reason: 'old' })
    expect(await list({ isDeprecated: true })).toEqual(['orders-key'])
    await registry.deleteSubject('acme', 'orders-value')
    expect(await list({ scope: 'tenant' })).toEqual(['orders-key'])
    expect(await list({ scope: 'tenant', includeDeleted: true })).toEqual(['orders-key', 'orders-value'])
  })

  it('shows nothing of another tenant', async () => {
    const { registry } = createTestRegistry()
    const { id, hash } = await registry.register('acme', 's', a)
    expect((await registry.subjects('globex', { includeDeleted: true })).items).toEqual([])
    const missing = { code: 'schema_not_found' }
    await expect(registry.byId('globex', id)).rejects.toMatchObject(missing)
    await expect(registry.byHash('globex', hash)).rejects.toMatchObject(missing)
    await expect(registry.version('globex', 's', 1)).rejects.toMatchObject(missing)
    await expect(registry.lookup('globex', 's', a)).rejects.toMatchObject(missing)
    await expect(registry.deleteSubject('globex', 's')).rejects.toMatchObject(missing)
    await expect(registry.byId(platformTenant, id)).rejects.toMatchObject(missing)
    expect(registry.ownTypes('globex').names).toEqual([])
  })
})
