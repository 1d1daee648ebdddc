import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPlainName } from './bundle-sink.ts'
import { createFolderSink } from './folder-sink.ts'
import { Spool } from './spool.ts'
import { parseTarHeader, tarHeader } from './tar-header.ts'
import { readTar } from './tar-reader.ts'
import { createTarSink } from './tar-sink.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-tar-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const long = `tile/0/${'x000/'.repeat(18)}067`
const contents: Readonly<Record<string, string>> = {
  checkpoint: 'one\n',
  empty: '',
  'tile/0/x001/067': 'x'.repeat(512),
  'leaves.ndjson': `${'é'.repeat(300_000)}\n`,
  [long]: 'deep',
}

/** An archive of the contents; those of `spooled` come in chunks. */
function archive(spooled: readonly string[] = ['leaves.ndjson']): Promise<Buffer> {
  const out = new PassThrough()
  const sink = createTarSink(out, { folder })
  const write = async () => {
    for (const [name, text] of Object.entries(contents))
      await sink.write(name, spooled.includes(name) ? inChunks(text) : [Buffer.from(text)])
    await sink.end()
    out.end()
  }
  const whole = buffer(out)
  return write().then(() => whole)
}

async function* inChunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001)
}

const read = async (chunks: AsyncIterable<Uint8Array>) => {
  const found: Record<string, string> = {}
  for await (const { name, content } of readTar(chunks))
    found[name] = (await buffer(Readable.from(content))).toString()
  return found
}

describe('a tar', () => {
  it('is read back, whatever the chunks are', async () => {
    const whole = await archive()
    expect(await read(Readable.from([whole]))).toEqual(contents)
    const torn = Array.from({ length: Math.ceil(whole.length / 1_001) }, (_, at) =>
      whole.subarray(at * 1_001, (at + 1) * 1_001),
    )
    expect(await read(Readable.from(torn))).toEqual(contents)
    expect(await archive(Object.keys(contents))).toEqual(whole)
  })

  it('is what the system makes of it', async () => {
    writeFileSync(join(folder, 'all.tar'), await archive())
    const out = join(folder, 'out')
    mkdirSync(out)
    execFileSync('tar', ['-xf', join(folder, 'all.tar'), '-C', out])
    for (const [name, text] of Object.entries(contents))
      expect(readFileSync(join(out, name), 'utf8')).toBe(text)
    const other = join(folder, 'other.tar')
    execFileSync('tar', ['--format=ustar', '-cf', other, '-C', out, ...Object.keys(contents)])
    expect(await read(Readable.from([readFileSync(other)]))).toEqual(contents)
  })

  it('passes over what nobody reads', async () => {
    const names: string[] = []
    for await (const { name } of readTar(Readable.from([await archive()]))) names.push(name)
    expect(names).toEqual(Object.keys(contents))
  })

  it('says when it was cut off or damaged, at whatever byte', async () => {
    const whole = await archive()
    for (const end of [0, 100, 512, 514, 1_024, whole.length - 1_024, whole.length - 1_025])
      await expect(read(Readable.from([whole.subarray(0, end)]))).rejects.toMatchObject({
        code: 'bundle_damaged',
      })
    const altered = Buffer.from(whole)
    altered[0] = 0x58
    await expect(read(Readable.from([altered]))).rejects.toMatchObject({ code: 'bundle_damaged' })
  })

  it('holds sizes that octal digits cannot say', () => {
    for (const size of [0, 8 ** 11 - 1, 8 ** 11, 2 ** 50])
      expect(parseTarHeader(tarHeader({ name: 'a', size }))).toEqual({ name: 'a', size, isFile: true })
    expect(() => tarHeader({ name: 'a'.repeat(101), size: 0 })).toThrow(
      expect.objectContaining({ code: 'bundle_damaged' }),
    )
  })

  it('says that more will come while a long file is spooled, and everybody passes over that', async () => {
    const out = new PassThrough()
    const sink = createTarSink(out, { folder, signEvery: 1 })
    const chunks: Buffer[] = []
    out.on('data', (chunk: Buffer) => chunks.push(chunk))
    await sink.write('checkpoint', [Buffer.from('one\n')])
    await sink.write('leaves.ndjson', slowly())
    await sink.end()
    const tar = Buffer.concat(chunks)
    expect(tar.includes('still here')).toBe(true)
    expect(await read(Readable.from([tar]))).toEqual({ checkpoint: 'one\n', 'leaves.ndjson': 'ab' })
    const listed = execFileSync('tar', ['-t'], { input: tar, encoding: 'utf8' })
    expect(listed).toBe('checkpoint\nleaves.ndjson\n')

    async function* slowly() {
      yield Buffer.from('a')
      while (!Buffer.concat(chunks).includes('still here'))
        await new Promise(resolve => setImmediate(resolve))
      yield Buffer.from('b')
    }
  })

  it('is waited for by who writes it, and ends when nobody reads it any more', async () => {
    const out = new PassThrough({ highWaterMark: 1_024 })
    const sink = createTarSink(out, { folder })
    let isDone = false
    const written = sink.write('big', [Buffer.alloc(100_000), Buffer.alloc(100_000)]).finally(() => {
      isDone = true
    })
    await new Promise(resolve => setImmediate(resolve))
    expect(isDone).toBe(false)
    out.destroy()
    await expect(written).rejects.toMatchObject({ code: 'request_timeout' })
    await expect(sink.write('more', [])).rejects.toMatchObject({ code: 'request_timeout' })
  })
})

describe('a spool', () => {
  it('gives back what it took, and has no name and no plain bytes on the disk', async () => {
    const place = mkdtempSync(join(folder, 'spool-'))
    const text = 'ada@example.com '.repeat(50_000)
    const spool = await Spool.of(inChunks(text), place)
    expect(readdirSync(place)).toEqual([])
    expect(spool.length).toBe(text.length)
    for (let again = 0; again < 2; again += 1)
      expect((await buffer(Readable.from(spool.read()))).toString()).toBe(text)
    // Only Linux shows what is open.
    if (!existsSync('/proc/self/fd')) return spool.close()
    const open = readdirSync('/proc/self/fd').flatMap(fd => {
      try {
        const path = `/proc/self/fd/${fd}`
        return statSync(path).isFile() && statSync(path).size === text.length ? [readFileSync(path)] : []
      } catch {
        return []
      }
    })
    expect(open.length).toBeGreaterThan(0)
    for (const bytes of open) expect(bytes.includes('ada@example.com')).toBe(false)
    await spool.close()
    await spool.close()
  })
})

describe('a folder', () => {
  it('is one of its own, and its files are for their owner', async () => {
    const place = join(folder, 'bundle')
    const sink = await createFolderSink(place)
    for (const [name, text] of Object.entries(contents)) await sink.write(name, inChunks(text))
    await sink.end()
    for (const [name, text] of Object.entries(contents)) {
      expect(readFileSync(join(place, name), 'utf8')).toBe(text)
      expect(statSync(join(place, name)).mode & 0o777).toBe(0o600)
    }
    await expect(sink.write('checkpoint', [])).rejects.toMatchObject({ code: 'file_exists' })
    await expect(createFolderSink(place)).rejects.toMatchObject({ code: 'file_exists' })
  })

  it('takes no file that would lie somewhere else', async () => {
    const sink = await createFolderSink(join(folder, 'safe'))
    const wrong = [
      '',
      '..',
      '../a',
      'a/../b',
      '/a',
      'a//b',
      'a/',
      './a',
      'a\\b',
      'C:a',
      'a\0',
      'ä',
      'a/.',
      'x'.repeat(256),
    ]
    for (const name of wrong) {
      expect([name, isPlainName(name)]).toEqual([name, false])
      await expect(sink.write(name, [])).rejects.toMatchObject({ code: 'bundle_damaged' })
    }
    for (const name of ['a', '.a', '..a', 'a..b', '12.tlog-proof', 'tile/0/x001/067.p/5'])
      expect([name, isPlainName(name)]).toEqual([name, true])
  })
})
