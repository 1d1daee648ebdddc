import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import type { EnvelopeInput, JsonValue } from 'keelson'
import { canonicalJson, KeelsonError } from 'keelson'
import { describe, expect, it } from 'vitest'
import { importBatch } from './import-batch.ts'
import { importerFor } from './importers.ts'
import { keelson } from './keelson.ts'
import type { EventSink, PublishResult } from './port.ts'
import type { ImportOptions, RefusedRecord } from './run.ts'
import { importEvents } from './run.ts'

const line = (id: string | number) =>
  JSON.stringify({ eventId: `e${id}`, eventType: 'X', occurredAt: '2026-01-01T00:00:00Z', payload: {} })
const lines = (count: number, from = 0) => Array.from({ length: count }, (_, n) => line(from + n)).join('\n')

async function* chunked(content: string | Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** A log in memory: the same id with the same content is a duplicate, with another a conflict. */
function memoryLog(limit = Number.POSITIVE_INFINITY) {
  const log = new Map<string, string>()
  const types: string[] = []
  const take = (event: EnvelopeInput): PublishResult => {
    const { eventId = '' } = event
    const content = canonicalJson(event)
    const known = log.get(eventId)
    if (known !== undefined)
      return known === content
        ? { ok: true, duplicate: true }
        : { ok: false, error: new KeelsonError('event_id_conflict') }
    if (eventId === 'e13') return { ok: false, error: new KeelsonError('payload_invalid', 'unlucky') }
    if (log.size >= limit) return { ok: false, error: new KeelsonError('store_full') }
    log.set(eventId, content)
    types.push(event.eventType)
    return { ok: true, duplicate: false }
  }
  const sink: EventSink = { publish: async events => events.map(take) }
  const count = (type: string) => types.filter(each => each === type).length
  return { sink, log, types, count }
}

function run(content: string | Uint8Array, options: Partial<ImportOptions> = {}) {
  const refused: RefusedRecord[] = []
  const onRefused = (record: RefusedRecord) => void refused.push(record)
  const input = chunked(content)
  const all = {
    input,
    importer: keelson,
    sink: memoryLog().sink,
    sleep: async () => undefined,
    onRefused,
    ...options,
  }
  return importEvents(all).then(result => ({ result, refused }))
}

describe('importEvents', () => {
  it('stores all, and counts duplicates the second time', async () => {
    const { sink } = memoryLog()
    const progress: number[] = []
    const content = lines(250, 100)
    const first = await run(content, { sink, onProgress: at => progress.push(at.read) })
    expect(first.result).toEqual({
      read: 250,
      stored: 250,
      duplicates: 0,
      refused: 0,
      bytes: content.length,
      problems: [],
    })
    expect(progress.at(-1)).toBe(250)
    const second = await run(gzipSync(content), { sink })
    expect(second.result).toMatchObject({ stored: 0, duplicates: 250, bytes: content.length })
  })

  it('passes on everything that is refused: broken, not mappable, too long, or by the platform', async () => {
    const broken = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])
    const texts = [
      line(1),
      '{"a":',
      line(13),
      '[1]',
      '{"a":1,"a":2}',
      `"${'x'.repeat(600)}"`,
      broken,
      line(2),
    ]
    const content = Buffer.concat(texts.flatMap(text => [Buffer.from(text), Buffer.from('\n')]))
    const { result, refused } = await run(content, { limits: { maxRecordBytes: 500 } })
    expect(result).toMatchObject({ read: 8, stored: 2, refused: 6 })
    expect(result.problems.map(({ line: at, code }) => `${at} ${code}`)).toEqual([
      '2 json_malformed',
      '3 payload_invalid',
      '4 record_unmappable',
      '5 json_duplicate_key',
      '6 event_too_large',
      '7 utf8_invalid',
    ])
    const byLine = new Map(refused.map(each => [each.line, each]))
    expect(byLine.get(3)).toMatchObject({ index: 2, original: line(13), length: line(13).length })
    expect(byLine.get(6)).toMatchObject({ original: `"${'x'.repeat(600)}"`, length: 602 })
    expect(byLine.get(7)?.original).toBe('{"\uFFFD"}')
    expect(byLine.get(2)?.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('shows the beginning of a long record, not half a character', async () => {
    const { refused } = await run(`"${'é'.repeat(30_000)}"`)
    expect(refused[0]).toMatchObject({ length: 60_002, original: `"${'é'.repeat(16_383)}` })
  })

  it('lists the first hundred problems', async () => {
    const { result } = await run('{}\n'.repeat(150))
    expect(result.refused).toBe(150)
    expect(result.problems).toHaveLength(100)
  })

  it('stores what comes before damage, and says so', async () => {
    const packed = gzipSync(lines(20_000, 100))
    const { result, refused } = await run(packed.subarray(0, packed.length - 200))
    expect(result.fault?.code).toBe('compression_invalid')
    expect(result.stored).toBeGreaterThan(15_000)
    expect(refused.map(each => each.error.code)).toEqual(['json_malformed'])
    const limited = await run(packed, { limits: { maxUnpackedBytes: 100_000 } })
    expect(limited.result.fault?.code).toBe('decompression_limit')
    expect(limited.result.stored).toBeGreaterThan(500)
  })

  it('stops when told to, or when the sink takes no more', async () => {
    const controller = new AbortController()
    const { sink } = memoryLog()
    const stopping = run(lines(5000, 100), {
      sink,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(stopping).rejects.toThrow(/abort/i)
    await expect(run(lines(500, 100), { sink: memoryLog(150).sink })).rejects.toMatchObject({
      code: 'store_full',
    })
  })

  it('imports the collection of GitHub examples as it stands', async () => {
    const index = createRequire(import.meta.url)(
      '@octokit/webhooks-examples/api.github.com/index.json',
    ) as JsonValue
    for (const indent of [0, 2]) {
      const { result } = await run(JSON.stringify(index, null, indent), { importer: importerFor('github') })
      // Five examples have the same content as another of their kind.
      expect(result).toMatchObject({ read: 329, refused: 0, stored: 324, duplicates: 5 })
    }
  })

  it('imports a CloudTrail file', async () => {
    const record = {
      eventTime: '2026-03-01T21:07:01Z',
      eventSource: 's3.amazonaws.com',
      eventName: 'GetObject',
    }
    const records = Array.from({ length: 3 }, (_, n) => ({ ...record, eventID: `id-${n}` }))
    for (const content of [
      JSON.stringify({ Records: records }),
      records.map(each => JSON.stringify(each)).join('\n'),
    ]) {
      expect((await run(gzipSync(content), { importer: importerFor('aws') })).result.stored).toBe(3)
    }
  })
})

describe('importBatch', () => {
  let time = Date.parse('2026-06-01T00:00:00Z')
  const laterClock = {
    now: () => {
      time += 60_000
      return time
    },
  }
  const batch = (content: string, sink: EventSink, batchId = 'imp-1') =>
    importBatch({
      input: chunked(content),
      importer: keelson,
      sink,
      batchId,
      clock: laterClock,
      sleep: async () => undefined,
    })

  it('records an import, its refusals, and nothing the second time', async () => {
    const { sink, log, types, count } = memoryLog()
    const content = `${lines(150, 100)}\n{"a":\n{"a":\n${line(13)}`
    expect(await batch(content, sink)).toMatchObject({ stored: 150, refused: 3, isRecorded: true })
    expect(count('AuditEventValidationFailed')).toBe(2)
    expect(types.indexOf('BatchIngestionStarted')).toBeLessThanOrEqual(200)
    expect(types.at(-1)).toBe('BatchIngestionCompleted')
    const before = log.size
    for (const id of ['imp-1', 'imp-2']) {
      expect(await batch(content, sink, id)).toMatchObject({
        stored: 0,
        duplicates: 150,
        refused: 3,
        isRecorded: false,
      })
    }
    expect(log.size).toBe(before)
  })

  it('records an import of refusals alone', async () => {
    const { sink, types } = memoryLog()
    expect(await batch('{"a":', sink)).toMatchObject({ stored: 0, refused: 1, isRecorded: true })
    expect(types).toEqual(['AuditEventValidationFailed', 'BatchIngestionStarted', 'BatchIngestionCompleted'])
    expect((await batch('{"a":', sink)).isRecorded).toBe(false)
    expect((await batch('', sink)).isRecorded).toBe(false)
  })

  it('finishes an import that was stopped half way', async () => {
    const first = memoryLog(180)
    await expect(batch(lines(300, 100), first.sink)).rejects.toMatchObject({ code: 'store_full' })
    expect([first.count('BatchIngestionStarted'), first.count('BatchIngestionCompleted')]).toEqual([1, 0])
    const stored = first.count('X')
    const again = memoryLog()
    for (const [id, content] of first.log) again.log.set(id, content)
    expect(await batch(lines(300, 100), again.sink)).toMatchObject({
      stored: 300 - stored,
      duplicates: stored,
    })
    expect(again.count('BatchIngestionCompleted')).toBe(1)
    expect((await batch(lines(300, 100), again.sink)).isRecorded).toBe(false)
  })
})
