import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sealStream } from 'keelson'
import { openRemovals } from 'keelson/notary'
import { sampleEvent } from 'keelson/testing'
import { describe, expect, it, vi } from 'vitest'
import { openKeys } from '../../start/open-keys.ts'
import { runHere } from '../fixtures/command-here.ts'
import { runKeelson, startKeelson } from '../fixtures/keelson-process.ts'
import { dataFolder } from './fixtures/data-folder.ts'

describe('keelson doctor', () => {
  it('says that a store is sound, for people and for programs', async () => {
    await using data = await dataFolder()
    const [text, json] = await Promise.all([data.runProcess(['doctor']), data.run(['doctor', '--json'])])
    expect([text.code, text.err]).toEqual([0, ''])
    expect(text.out).toMatch(/^Events +6$/m)
    expect(text.out).toMatch(/^Besides +2 tenants, 3 streams, 1 document$/m)
    expect(text.out).toContain('Sound: every check passed.')
    expect(JSON.parse(json.out)).toMatchObject({ store: data.path, events: 6, faults: [], isSound: true })
  })

  it('names each fault, where it is and what to do, and ends with 1', async () => {
    await using data = await dataFolder()
    const database = new DatabaseSync(data.path)
    database.exec("UPDATE event SET body = replace(body, 'Grüße', 'Gruesse') WHERE position IN (2, 3)")
    database.close()
    const [text, json] = await Promise.all([data.run(['doctor']), data.run(['doctor', '--json'])])
    expect([text.code, text.err]).toEqual([1, 'keelson: The store has 2 faults\n'])
    expect(text.out).toContain('body-damaged (2): A body is not the one that its leaf commits to.')
    expect(text.out).toContain('    position 2, tenant acme: the leaf does not commit to the body\n')
    expect(text.out).toContain('    What to do: Restore the event from a backup')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out).faults).toEqual([expect.objectContaining({ name: 'body-damaged', count: 2 })])
  })

  it('looks beside a running server', async () => {
    await using data = await dataFolder()
    const server = startKeelson(['start', '--json', '--empty', '--port', '0', '--data-dir', 'data'], {
      folder: data.folder,
    })
    await server.printed(/\n/)
    const { code, out } = await data.run(['doctor'])
    server.child.kill('SIGTERM')
    await server.ended
    expect([code, out]).toEqual([0, expect.stringContaining('Sound')])
  })

  it('finds no store where there is none, and refuses what is not one', async () => {
    await using data = await dataFolder()
    const foreign = join(data.folder, 'foreign.db')
    writeFileSync(foreign, 'this is no database, but long enough to be read as one'.repeat(50))
    const [none, other] = await Promise.all([
      runHere(['doctor', '--data-dir', 'nothing'], { folder: data.folder }),
      runHere(['doctor', '--data-dir', foreign], { folder: data.folder }),
    ])
    expect([none.code, none.err]).toEqual([
      3,
      expect.stringMatching(/There is no database at .* \[store_not_found\]\nName the folder .* --data-dir/),
    ])
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('[store_foreign]')])
  })
})

describe('keelson backup', () => {
  it('makes a file that is a sound store, and never writes over one', async () => {
    await using data = await dataFolder()
    const made = await data.run(['backup', '--output', 'copy.db', '--json'])
    const copy = join(data.folder, 'copy.db')
    expect([made.code, JSON.parse(made.out)]).toEqual([
      0,
      { file: copy, bytes: statSync(copy).size, position: 6 },
    ])
    const [again, checked] = await Promise.all([
      data.run(['backup', '--output', 'copy.db']),
      runHere(['doctor', '--data-dir', copy]),
    ])
    expect([again.code, again.err]).toEqual([5, expect.stringContaining('[file_exists]')])
    expect([checked.code, checked.out]).toEqual([0, expect.stringMatching(/^Events +6$/m)])
  })

  it('says that there is no folder for the file', async () => {
    await using data = await dataFolder()
    const { code, err } = await data.run(['backup', '--output', 'nowhere/copy.db'])
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^keelson: There is no folder .*nowhere for the backup\n$/),
    ])
  })

  it('says what to do for PostgreSQL, without the password', async () => {
    const url = 'postgres://keelson:very-secret@127.0.0.1:5432/none'
    const { code, err } = await runHere(['backup', '--output', 'x.db', '--database', url])
    expect([code, err]).toEqual([2, expect.stringContaining('pg_dump')])
    expect(err).not.toContain('very-secret')
  })
})

describe('keelson move', () => {
  it('copies a store, says how fast, and finds nothing to do the second time', async () => {
    await using data = await dataFolder()
    const move = () => runHere(['move', '--from', 'data', '--to', 'other'], { folder: data.folder })
    const first = await move()
    expect([first.code, first.err]).toEqual([0, ''])
    expect(first.out).toMatch(/^Events +6, 6 of them copied now \([\d,]+ a second, \d+\.\d s\)$/m)
    expect(first.out).toMatch(/^Compared +\d+ rows, all equal; the copy was checked$/m)
    const second = await move()
    expect([second.code, second.out]).toEqual([0, expect.stringMatching(/^Events +6, 0 of them copied/m)])
    const checked = await runHere(['doctor', '--data-dir', 'other'], { folder: data.folder })
    expect(checked.code).toBe(0)
  })

  it('does not finish while a server uses the source, and no server starts on the half', {
    timeout: 60_000,
  }, async () => {
    await using data = await dataFolder()
    const { folder } = data
    const server = startKeelson(['start', '--json', '--empty', '--port', '0', '--data-dir', 'data'], {
      folder,
    })
    await server.printed(/\n/)
    const move = ['move', '--from', 'data', '--to', 'other', '--json']
    const half = await runHere(move, { folder })
    expect([half.code, half.err]).toEqual([6, expect.stringContaining('a server uses the source')])
    expect(JSON.parse(half.out)).toMatchObject({ isFinished: false, copied: 6 })
    const start = ['start', '--check', '--port', '0', '--data-dir', 'other']
    const early = await runKeelson(start, { folder })
    expect([early.out, early.err]).toEqual(['', expect.stringContaining('[move_unfinished]')])
    expect(early.code).not.toBe(0)
    const doctor = await runHere(['doctor', '--json', '--data-dir', 'other'], { folder })
    expect(JSON.parse(doctor.out).faults).toEqual([expect.objectContaining({ name: 'move-unfinished' })])
    server.child.kill('SIGTERM')
    await server.ended
    const whole = await runHere(move, { folder })
    expect([whole.code, JSON.parse(whole.out).isFinished]).toEqual([0, true])
    const late = await runKeelson(start, { folder })
    expect([late.code, late.out]).toEqual([0, 'Everything is in order.\n'])
  })

  it('goes on after it was killed', async () => {
    await using data = await dataFolder()
    const { folder } = data
    await data.withStore(async store => {
      for (let at = 0; at < 20; at += 1) {
        const events = Array.from({ length: 500 }, () => sampleEvent('globex'))
        await store.append('globex', [{ stream: `s-${at}`, expected: 'none', events }])
      }
    })
    const move = ['move', '--from', 'data', '--to', 'other', '--json']
    const killed = startKeelson(move, { folder })
    const log = join(folder, 'other/keelson.db-wal')
    await vi.waitFor(() => expect(statSync(log).size).toBeGreaterThan(1_000_000), { timeout: 30_000 })
    killed.child.kill('SIGKILL')
    expect((await killed.ended).code).toBe(null)
    const { code, out } = await runHere(move, { folder })
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({
        events: 10_006,
        isFinished: true,
        rows: expect.objectContaining({ event: 10_006 }),
      }),
    ])
    expect(JSON.parse(out).copied).toBeLessThan(10_006)
  })

  it('refuses a target with a store of its own, and the source itself', async () => {
    await using data = await dataFolder()
    await using other = await dataFolder()
    const [taken, same] = await Promise.all([
      runHere(['move', '--from', 'data', '--to', other.path], { folder: data.folder }),
      runHere(['move', '--from', 'data', '--to', data.path], { folder: data.folder }),
    ])
    expect([taken.code, taken.err]).toEqual([5, expect.stringContaining('holds a store of its own')])
    expect([same.code, same.err]).toEqual([2, expect.stringContaining('are the same')])
  })
})

describe('keelson streams', () => {
  it('lists, seals, archives, deletes and scavenges', async () => {
    await using data = await dataFolder()
    const streams = async (...args: string[]) => {
      const { code, out, err } = await data.run(['streams', ...args, '--tenant', 'acme', '--json'])
      expect([code, err]).toEqual([0, ''])
      return out
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line))
    }
    expect(await streams('list')).toEqual([
      { stream: 'orders', version: 3, state: 'open' },
      { stream: 'notes', version: 2, state: 'open' },
    ])
    expect(await streams('seal', 'orders', '--reason', 'done')).toEqual([
      expect.objectContaining({ streamId: 'orders', finalEventCount: 3, reason: 'done', duplicate: false }),
    ])
    expect(await streams('archive', 'orders', '--archive', 'blobs')).toEqual([
      expect.objectContaining({ streamId: 'orders', eventCount: 3, segmentCount: 1 }),
    ])
    expect(await streams('list', '--prefix', 'or', '--state', 'sealed')).toEqual([
      { stream: 'orders', version: 3, state: 'sealed' },
    ])
    const [checked, unseen, nowhere, half, whole] = await Promise.all([
      data.run(['doctor', '--archive', 'blobs']),
      data.run(['doctor']),
      data.run(['doctor', '--archive', 'nowhere']),
      data.run(['tenants', 'export', 'acme', '--output', 'half.ndjson']),
      data.run(['tenants', 'export', 'acme', '--output', 'whole.ndjson'], {
        environment: { KEELSON_ARCHIVE: 'blobs' },
      }),
    ])
    expect([checked.code, checked.out]).toEqual([0, expect.stringContaining('Sound: every check passed.')])
    expect([unseen.code, unseen.out]).toEqual([
      0,
      expect.stringContaining('Not looked at: 3 archived bodies'),
    ])
    expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('nowhere')])
    expect([half.code, half.err]).toEqual([5, expect.stringContaining('[event_archived]')])
    expect(whole.code).toBe(0)
    expect(existsSync(join(data.folder, 'half.ndjson'))).toBe(false)
    const kept = await data.run(['tenants', 'delete', 'acme', '--yes'])
    expect([kept.code, kept.err]).toEqual([5, expect.stringContaining('name it with --archive')])
    expect(await streams('tombstone', 'notes', '--reason', 'wrong', '--yes')).toEqual([
      expect.objectContaining({ streamId: 'notes', finalEventCount: 2, reason: 'wrong' }),
    ])
    const [planned] = await streams('scavenge', '--dry-run', '--archive', 'blobs')
    expect(planned).toMatchObject({ dryRun: true, tombstoned: { count: 2 } })
    const [done, compacted] = await streams('scavenge', '--archive', 'blobs', '--compact')
    expect(done).toEqual({ ...planned, dryRun: false })
    expect(compacted).toEqual({ bytes: statSync(data.path).size })
    expect(await streams('info', 'notes')).toEqual([
      {
        stream: 'notes',
        version: 2,
        state: 'tombstoned',
        tombstone: expect.objectContaining({ reason: 'wrong' }),
      },
    ])
    expect(await streams('info', 'orders')).toEqual([
      expect.objectContaining({
        state: 'sealed',
        seal: expect.objectContaining({ merkleRoot: expect.any(String) }),
        archive: expect.objectContaining({ archiveLocation: expect.stringMatching(/^archive\/acme\//) }),
      }),
    ])
  })

  it('a dry run counts what a hold keeps, as the run after it', async () => {
    await using data = await dataFolder()
    await data.withStore(async store => {
      const ring = await openKeys(store, { dataDir: join(data.folder, 'data') })
      const removals = openRemovals(store, ring, { copies: [] })
      await removals.setHold('acme', { scope: { stream: 'notes' }, reason: 'case 7' })
      await removals.close()
      await ring.close()
    })
    const of = (...args: string[]) => data.run(['streams', ...args, '--tenant', 'acme', '--json'])
    await of('tombstone', 'notes', '--reason', 'wrong', '--yes')
    const [planned, done] = [await of('scavenge', '--dry-run'), await of('scavenge')]
    expect([planned.code, done.code]).toEqual([0, 0])
    expect(JSON.parse(planned.out)).toMatchObject({ tombstoned: { count: 0 }, held: 2 })
    expect(JSON.parse(done.out)).toEqual({ ...JSON.parse(planned.out), dryRun: false })
  })

  it('archive to no place that is none, and leave no folder of its name', async () => {
    await using data = await dataFolder()
    await data.withStore(store => sealStream(store, 'acme', 'orders'))
    const archive = (...more: string[]) =>
      data.run(['streams', 'archive', 'orders', '--tenant', 'acme', ...more])
    const signed = 'https://127.0.0.1:1/container?sig=very-secret'
    const [none, empty, foreign, azure] = await Promise.all([
      archive(),
      archive('--archive', ''),
      archive('--archive', 's3://bucket'),
      // Open, and so refused before anything is asked of the address.
      data.runProcess(['streams', 'archive', 'notes', '--tenant', 'acme', '--archive', signed]),
    ])
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('KEELSON_ARCHIVE')])
    expect([empty.code, empty.err]).toEqual([2, expect.stringContaining('empty')])
    expect([foreign.code, foreign.err]).toEqual([2, expect.stringContaining('neither a folder')])
    expect(azure.err).toContain('[stream_not_sealed]')
    expect(azure.err).not.toContain('very-secret')
    expect(readdirSync(data.folder)).toEqual(['data'])
    const named = await data.run(['streams', 'archive', 'orders', '--tenant', 'acme'], {
      environment: { KEELSON_ARCHIVE: 'blobs' },
    })
    expect([named.code, named.err]).toEqual([0, expect.stringContaining('--archive or KEELSON_ARCHIVE')])
    expect(readdirSync(data.folder)).toEqual(['blobs', 'data'])
  })

  it('asks before it deletes, and names what is not there', async () => {
    await using data = await dataFolder()
    const [asked, missing, nobody] = await Promise.all([
      data.runProcess(['streams', 'tombstone', 'notes', '--reason', 'x', '--tenant', 'acme']),
      data.run(['streams', 'info', 'nothing', '--tenant', 'acme']),
      data.run(['streams', 'list', '--tenant', 'nobody']),
    ])
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('pass --yes')])
    expect([missing.code, missing.err]).toEqual([3, expect.stringContaining('[stream_not_found]')])
    expect([nobody.code, nobody.err]).toEqual([3, expect.stringContaining('There are no events of "nobody"')])
    expect(readFileSync(data.path).length).toBeGreaterThan(0)
  })
})
