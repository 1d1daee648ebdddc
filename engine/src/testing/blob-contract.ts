import { randomBytes } from 'node:crypto'
import type { BlobEntry, BlobStore } from '../store/index.ts'
import { expectEqual, expectError } from './contract-case.ts'

/** One promise of the blob store's port, as a test that needs no runner; the store is empty. */
export interface BlobContractCase {
  readonly name: string
  run(store: BlobStore): Promise<void>
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text)
const textOf = async (store: BlobStore, name: string): Promise<string | undefined> => {
  const bytes = await store.get(name)
  return bytes && Buffer.from(bytes).toString()
}

async function listed(store: BlobStore, prefix: string): Promise<readonly BlobEntry[]> {
  const entries = await Array.fromAsync(store.list(prefix))
  return entries.map(({ name, size }) => ({ name, size })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

const malformed = [
  '',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  '../a',
  'a/../b',
  'a/./b',
  '.hidden',
  'a/.hidden',
  'a.',
  'a./b',
  '-a',
  'Upper',
  'a b',
  'a\\b',
  'a\0b',
  'a%2e',
  'a?b',
  'ä',
  'a\n',
  'x'.repeat(129),
  Array(300).fill('a').join('/'),
]

/** The promises of the blob store's port. Every adapter must keep each of them. */
export const blobContract: readonly BlobContractCase[] = [
  {
    name: 'a blob comes back byte for byte, also an empty one and one of a megabyte',
    async run(store) {
      for (const size of [0, 1, 1024 * 1024 + 1]) {
        const bytes = randomBytes(size)
        await store.put(`sizes/${size}.bin`, bytes)
        const found = await store.get(`sizes/${size}.bin`)
        expectEqual(found && Buffer.compare(found, bytes), 0, `content of ${size} bytes`)
      }
    },
  },
  {
    name: 'a blob that is not there is undefined, and so is what lies beside one',
    async run(store) {
      await store.put('a/b', bytesOf('1'))
      for (const name of ['nothing', 'a', 'a/b/c', 'a/c']) expectEqual(await store.get(name), undefined, name)
    },
  },
  {
    name: 'the same content may be put again, other content is refused and changes nothing',
    async run(store) {
      await store.put('once', bytesOf('first'))
      await store.put('once', bytesOf('first'))
      await expectError(store.put('once', bytesOf('other')), 'blob_exists')
      await expectError(store.put('once', bytesOf('first and more')), 'blob_exists')
      expectEqual(await textOf(store, 'once'), 'first', 'content')
    },
  },
  {
    name: 'of other contents that come at once one wins, and it is whole',
    async run(store) {
      const contents = Array.from({ length: 12 }, (_, at) => `${at}`.repeat(50_000))
      const tries = await Promise.allSettled(contents.map(text => store.put('raced', bytesOf(text))))
      const winners = contents.filter((_, at) => tries[at]?.status === 'fulfilled')
      expectEqual(winners.length, 1, 'winners')
      expectEqual(await textOf(store, 'raced'), winners[0], 'content')
      const codes = tries.flatMap(one => (one.status === 'rejected' ? [one.reason.code] : []))
      expectEqual([...new Set(codes)], ['blob_exists'], 'errors')
    },
  },
  {
    name: 'the same content that comes at once is fine for all',
    async run(store) {
      await Promise.all(Array.from({ length: 12 }, () => store.put('shared', bytesOf('same'))))
      expectEqual(await listed(store, ''), [{ name: 'shared', size: 4 }], 'blobs')
    },
  },
  {
    name: 'what is put may be changed afterwards by its owner, what is got by its own',
    async run(store) {
      const bytes = Buffer.from('before')
      await store.put('copy', bytes)
      bytes.fill(0)
      const found = await store.get('copy')
      found?.fill(0)
      expectEqual(await textOf(store, 'copy'), 'before', 'content')
    },
  },
  {
    name: 'a list has every blob whose name begins with the prefix, with its size',
    async run(store) {
      const names = ['a', 'ab/1', 'ab/2', 'ab/c/3', 'abc/4', 'b/5', 'tile/x001/x234/067.p=1']
      for (const name of names) await store.put(name, bytesOf(name))
      const expected = (prefix: string) =>
        names
          .filter(name => name.startsWith(prefix))
          .sort()
          .map(name => ({ name, size: name.length }))
      for (const prefix of [
        '',
        'a',
        'ab',
        'ab/',
        'ab/c',
        'ab/c/',
        'abc/4',
        'b',
        'tile/x001/',
        'c',
        'c/d',
        'a/b',
      ])
        expectEqual(await listed(store, prefix), expected(prefix), `blobs under "${prefix}"`)
    },
  },
  {
    name: 'a deleted blob is gone, may be deleted again, and its name may be used again',
    async run(store) {
      await store.put('gone/a', bytesOf('1'))
      await store.put('gone/b', bytesOf('2'))
      await store.delete('gone/a')
      await store.delete('gone/a')
      await store.delete('never/was')
      expectEqual(await store.get('gone/a'), undefined, 'content')
      expectEqual(await listed(store, ''), [{ name: 'gone/b', size: 1 }], 'blobs')
      await store.put('gone/a', bytesOf('other'))
      expectEqual(await textOf(store, 'gone/a'), 'other', 'content')
    },
  },
  {
    name: 'a malformed name is refused by every call',
    async run(store) {
      for (const name of malformed) {
        await expectError(store.put(name, bytesOf('x')), 'blob_invalid')
        await expectError(store.get(name), 'blob_invalid')
        await expectError(store.delete(name), 'blob_invalid')
      }
      for (const prefix of ['/', '../', 'a/../', '.', 'A', '%'])
        await expectError(Array.fromAsync(store.list(prefix)), 'blob_invalid')
      expectEqual(await listed(store, ''), [], 'blobs')
    },
  },
  {
    name: 'content beyond the bound is refused',
    async run(store) {
      await expectError(store.put('large', Buffer.alloc(64 * 1024 * 1024 + 1)), 'blob_invalid')
      expectEqual(await store.get('large'), undefined, 'content')
    },
  },
  {
    name: 'an aborted call fails and does nothing',
    async run(store) {
      await store.put('kept', bytesOf('1'))
      const signal = AbortSignal.abort(new Error('enough'))
      const calls = [
        () => store.put('new', bytesOf('x'), { signal }),
        () => store.get('kept', { signal }),
        () => store.delete('kept', { signal }),
        () => Array.fromAsync(store.list('', { signal })),
      ]
      for (const call of calls) {
        const failure = await call().then(
          () => undefined,
          error => error,
        )
        expectEqual(failure instanceof Error && failure.message, 'enough', 'error')
      }
      expectEqual(await listed(store, ''), [{ name: 'kept', size: 1 }], 'blobs')
    },
  },
]
