import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { audit, governance, saas } from '@keelson/contexts'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Platform } from 'keelson'
import { createIdSource, createPlatform, KeelsonError, systemClock } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'
import { Directory } from '../directory/index.ts'
import { createApp } from '../http/app.ts'
import { defaultLimits } from '../http/server-context.ts'
import type { StartOptions } from './options.ts'
import { RequestsInHand } from './requests-in-hand.ts'
import type { SampleTenant } from './sample.ts'
import { createSampleTenant } from './sample.ts'

export interface RunningServer {
  readonly url: string
  readonly platform: Platform
  readonly app: FastifyInstance
  /** What a first start made; undefined on later ones. */
  readonly firstStart: FirstStart | undefined
  /** Stops taking requests, finishes those in hand, writes what was accepted. May be called twice. */
  stop(): Promise<void>
}

export interface FirstStart {
  /** Undefined where the operator chose it. */
  readonly adminSecret: string | undefined
  readonly sample: SampleTenant | undefined
}

/** Version of the server's package. */
export function serverVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

/** Opens the store, starts the platform on it and listens. */
export async function serve(options: StartOptions, logger?: FastifyBaseLogger): Promise<RunningServer> {
  const store = await openSqliteStore({
    path: join(options.dataDir, 'keelson.db'),
    durability: options.durability,
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
  })
  const stopping = new AbortController()
  let platform: Platform | undefined
  let app: FastifyInstance | undefined
  let requests: RequestsInHand | undefined
  let stopped: Promise<void> | undefined
  const stop = async () => {
    stopping.abort(new KeelsonError('not_ready', 'The server is stopping: run what was cut off again'))
    const closed = app?.close()
    await requests?.none()
    // A connection on which nothing was asked, such as a browser opens ahead, would keep the server open for ever.
    app?.server.closeAllConnections()
    await closed
    await (platform ?? store).close()
  }
  try {
    const ids = createIdSource(systemClock)
    const directory = await Directory.open(store, systemClock, ids)
    platform = await createPlatform({
      store,
      contexts: [audit, governance, saas],
      ids,
      keepsUnknownTypes: tenantId => directory.keepsUnknownTypes(tenantId),
      onProjectionError: (projection, error, attempt) =>
        app?.log.error({ err: error, projection, attempt }, 'a projection failed and is retried'),
    })
    app = await createApp(
      { platform, directory, limits: defaultLimits, version: serverVersion(), stopping: stopping.signal },
      logger === undefined ? {} : { logger },
    )
    requests = new RequestsInHand(app.server)
    const url = await app.listen({ host: options.host, port: options.port })
    // After listening: a start that finds its port taken must not use up the one showing of the keys.
    const firstStart = await prepareFirstStart(options, directory, platform)
    return {
      url: url.replace('[::]', 'localhost').replace('0.0.0.0', '127.0.0.1'),
      platform,
      app,
      firstStart,
      stop: () => {
        stopped ??= stop()
        return stopped
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function prepareFirstStart(
  options: StartOptions,
  directory: Directory,
  platform: Platform,
): Promise<FirstStart | undefined> {
  const isFirst = await directory.isEmpty()
  if (options.bootstrapKey !== undefined) await directory.ensureBootstrapKey(options.bootstrapKey)
  if (!isFirst) return undefined
  // The keys come last: where the sample does not fit on the disk, the next start is a first one again.
  const sample = options.isEmpty ? undefined : await createSampleTenant(directory, platform)
  const adminSecret =
    options.bootstrapKey === undefined
      ? (await directory.createKey(null, 'platform-admin', 'first administrator')).secret
      : undefined
  return { adminSecret, sample }
}
