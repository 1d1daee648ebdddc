import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { unpack } from './unpack.ts'

const limits = { maxBytes: 1e9, maxRatio: 200, ratioFrom: 1e6 }
const text = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"x":${Math.sin(n)}}`).join('\n')
const packed = gzipSync(text)

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(
  bytes: Uint8Array,
  { size = 65_536, ...changes }: Partial<typeof limits & { size: number }> = {},
) {
  const parts: Uint8Array[] = []
  let code: string | undefined
  try {
    for await (const part of unpack(chunks(bytes, size), { ...limits, ...changes })) parts.push(part)
  } catch (error) {
    code = (error as { code: string }).code
  }
  return { text: Buffer.concat(parts).toString(), code }
}

describe('unpack', () => {
  it('passes plain bytes on', async () => {
    for (const size of [1, 100])
      expect(await read(Buffer.from('plain'), { size })).toEqual({ text: 'plain', code: undefined })
    expect(await read(Buffer.from(''))).toEqual({ text: '', code: undefined })
    expect(await read(Buffer.from([0x1f]))).toEqual({ text: '\x1f', code: undefined })
  })

  it.each([1, 7, 513, 65_536])(
    'unpacks members one after another, padded with zeros, in chunks of %i',
    async size => {
      const small = gzipSync('first\n')
      const bytes = Buffer.concat([small, gzipSync('second\n'), Buffer.alloc(600)])
      expect(await read(bytes, { size })).toEqual({ text: 'first\nsecond\n', code: undefined })
    },
  )

  it('gives everything', async () => {
    expect((await read(packed)).text).toBe(text)
  })

  it('gives what comes before the place where the input is cut off', async () => {
    const cut = await read(packed.subarray(0, packed.length - 1000))
    expect(cut.code).toBe('compression_invalid')
    expect(text.startsWith(cut.text)).toBe(true)
    expect(cut.text.length).toBeGreaterThan(text.length * 0.98)
  })

  it('gives nearly all that comes before damage', async () => {
    const damaged = Buffer.from(packed)
    damaged.fill(0xff, 100_000, 100_040)
    const { text: got, code } = await read(damaged)
    expect(code).toBe('compression_invalid')
    expect(got.length).toBeGreaterThan((text.length * 99_000) / packed.length - 20_000)
  })

  it.each(['garbage', '\0garbage'])('reports %j after the last member', async rest => {
    const result = await read(Buffer.concat([packed, Buffer.from(rest)]), { size: 512 })
    expect(result.code).toBe('compression_invalid')
    expect(text.startsWith(result.text)).toBe(true)
  })

  it('stops at the limits', async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000, 32))
    const byRatio = await read(bomb)
    expect(byRatio.code).toBe('decompression_limit')
    expect(byRatio.text.length).toBeLessThanOrEqual(1e6)
    expect(await read(bomb, { ratioFrom: 1e9 })).toMatchObject({ code: undefined })
    const bySize = await read(packed, { maxBytes: 100_000 })
    expect(bySize.code).toBe('decompression_limit')
    expect(bySize.text.length).toBeGreaterThan(50_000)
  })
})
