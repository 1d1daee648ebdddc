import type { AddressInfo } from 'node:net'
import type { Writable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { createIdSource, KeelsonError, systemClock } from 'keelson'
import type { BundleSummary } from 'keelson/notary'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Directory } from '../../directory/index.ts'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { call, startTestServer } from '../../start/fixtures/test-server.ts'
import { createApp } from '../app.ts'
import { defaultLimits } from '../server-context.ts'
import type { BundleRequest } from './bundle-export.ts'

const summary = {} as BundleSummary
let test: TestServer
let app: FastifyInstance
let url: string
/** What makes the bundles of a case. */
let make: (request: BundleRequest) => Promise<BundleSummary>
let requests: BundleRequest[] = []
const stopping = new AbortController()

beforeAll(async () => {
  test = await startTestServer()
  const { platform, masked, subscriptions, notary } = test.server
  app = await createApp(
    {
      platform,
      masked,
      subscriptions,
      directory: await Directory.open(platform.store, systemClock, createIdSource()),
      limits: defaultLimits,
      version: '0',
      stopping: stopping.signal,
      notary: {
        ...notary,
        exportBundle: request => {
          requests.push(request)
          return make(request)
        },
      },
    },
    { logger: quiet },
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
})
afterAll(async () => {
  app.server.closeAllConnections()
  await app.close()
  await test.stop()
})
beforeEach(() => {
  requests = []
})

const said: unknown[] = []
const ignore = (): void => undefined
const quiet = {
  level: 'error',
  trace: ignore,
  debug: ignore,
  info: ignore,
  silent: ignore,
  warn: ignore,
  fatal: ignore,
  error: (...words: unknown[]) => void said.push(words),
  child: () => quiet,
}

const ask = (signal?: AbortSignal, tenant: 'acme' | 'globex' = 'acme') =>
  fetch(`${url}/v1/log/bundle`, {
    headers: { authorization: `Bearer ${test.keys[tenant].admin}` },
    ...(signal ? { signal } : {}),
  })

/** Writes until it is told to stop, as a long bundle does. */
async function endless(out: Writable): Promise<BundleSummary> {
  for (;;) {
    if (out.destroyed) throw new KeelsonError('request_timeout', 'The client broke off')
    if (!out.write(Buffer.alloc(100_000)))
      await new Promise<void>(resolve => {
        out.once('drain', resolve)
        out.once('close', resolve)
      })
  }
}

describe('a bundle that is sent', () => {
  it('breaks off where it cannot be made whole, so that nobody takes it for one', async () => {
    let fail = ignore
    make = ({ out }) => {
      out.write(Buffer.alloc(1_000))
      return new Promise((_, reject) => {
        fail = () => reject(new KeelsonError('bundle_outdated'))
      })
    }
    const answer = await ask()
    expect(answer.status).toBe(200)
    fail()
    await expect(answer.arrayBuffer()).rejects.toThrow()
    expect(JSON.stringify(said)).toContain('a bundle could not be made whole')
    // The next one can be made.
    make = async ({ out }) => {
      out.write(Buffer.alloc(1_000))
      return summary
    }
    expect((await (await ask()).arrayBuffer()).byteLength).toBe(1_000)
  })

  it('is answered with a problem where it cannot even be begun', async () => {
    make = async () => {
      throw new KeelsonError('log_forked')
    }
    const answer = await ask()
    expect([answer.status, await answer.json()]).toMatchObject([500, { code: 'log_forked' }])
    // Also where something of it was written already.
    make = async ({ out }) => {
      out.write('x')
      await new Promise(resolve => setImmediate(resolve))
      throw new KeelsonError('bundle_outdated')
    }
    const late = await ask()
    expect([late.status, await late.json()]).toMatchObject([409, { code: 'bundle_outdated' }])
  })

  it('is given up when its reader goes, and leaves its place', async () => {
    make = ({ out }) => endless(out)
    const gone = new AbortController()
    const answer = await ask(gone.signal)
    expect(answer.status).toBe(200)
    const busy = await ask()
    expect([busy.status, await busy.json()]).toMatchObject([429, { code: 'bundle_busy' }])
    expect(busy.headers.get('retry-after')).toBe('1')
    // Another tenant has a place of its own.
    const other = new AbortController()
    expect((await ask(other.signal, 'globex')).status).toBe(200)
    gone.abort()
    other.abort()
    const left = () => requests.filter(({ out }) => !out.destroyed).length
    while (left() > 0) await new Promise(resolve => setImmediate(resolve))
    expect(requests.every(({ signal }) => signal.aborted)).toBe(true)
    make = async ({ out }) => {
      out.write('x')
      return summary
    }
    await until(async () => (await ask()).status === 200)
  })

  it('is sent as fast as its reader takes it, and no faster', async () => {
    make = ({ out }) => endless(out)
    const gone = new AbortController()
    const { body } = await ask(gone.signal)
    const [{ out }] = requests as [BundleRequest]
    await until(async () => out.writableNeedDrain)
    expect(out.writableLength).toBeLessThan(1_000_000)
    await body?.cancel().catch(ignore)
    gone.abort()
    await until(async () => out.destroyed)
  })

  it('is broken off when the server stops', async () => {
    make = ({ out }) => endless(out)
    await until(async () => {
      const answer = await ask()
      if (answer.status !== 200) return false
      stopping.abort(new KeelsonError('not_ready'))
      await expect(answer.arrayBuffer()).rejects.toThrow()
      return true
    })
    expect(requests.at(-1)?.out.destroyed).toBe(true)
    expect((await call(url, '/v1/log', { key: test.keys.acme.admin })).status).toBe(503)
  })
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setImmediate(resolve))
}
