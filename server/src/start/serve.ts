import { readFileSync } from 'node:fs'
import { audit, governance, registry, saas, security } from '@keelson/contexts'
import { readOlderSchemas } from '@keelson/contexts/schemas'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Platform } from 'keelson'
import { createIdSource, createPlatform, KeelsonError, openWithMetadata, systemClock } from 'keelson'
import type { KeyRequest } from '../directory/index.ts'
import { Directory } from '../directory/index.ts'
import { createApp } from '../http/app.ts'
import { defaultLimits } from '../http/server-context.ts'
import { refuseWithoutArchive } from './open-archive.ts'
import { openStore } from './open-store.ts'
import type { StartOptions } from './options.ts'
import { RequestsInHand } from './requests-in-hand.ts'
import type { SampleTenant } from './sample.ts'
import { createSampleTenant } from './sample.ts'
import { schemaLanguages } from './schema-languages.ts'

export interface RunningServer {
  readonly url: string
  /** Where the data is, for people: never with a password. */
  readonly location: string
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
  /** With the key of its administrator. */
  readonly sample: (SampleTenant & { readonly secret: string }) | undefined
}

/** Version of the server's package. */
export function serverVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

/** Opens the store, starts the platform on it and listens. */
export async function serve(options: StartOptions, logger?: FastifyBaseLogger): Promise<RunningServer> {
  const opened = await openStore(options)
  const { location } = opened
  // What a stream's metadata hides is hidden from the API too.
  const store = openWithMetadata(opened.store)
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
    await platform?.close()
    await opened.close()
  }
  try {
    await refuseWithoutArchive(store, options.archive)
    const ids = createIdSource(systemClock)
    const directory = await Directory.open(store, systemClock, ids)
    platform = await createPlatform({
      store,
      contexts: [audit, governance, registry, saas, security],
      frozen: readOlderSchemas(),
      ids,
      schemaLanguages: schemaLanguages(),
      keepsUnknownTypes: tenantId => directory.keepsUnknownTypes(tenantId),
      onProjectionError: (projection, error, attempt) => {
        // The first, the second, the fourth …: while a database is away, one that is retried would fill the log.
        if ((attempt & (attempt - 1)) !== 0) return
        app?.log.error({ err: error, projection, attempt }, 'a projection failed and is retried')
      },
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
      location,
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
  const isFirst = await directory.isFirstStart()
  if (options.bootstrapKey !== undefined) await directory.ensureBootstrapKey(options.bootstrapKey)
  if (!isFirst) return undefined
  // The keys come last: where the sample does not fit on the disk, the next start is a first one again.
  const sample = options.isEmpty ? undefined : await createSampleTenant(directory, platform)
  const requests: KeyRequest[] = []
  if (sample) requests.push({ tenantId: sample.tenantId, role: 'admin', name: 'sample administrator' })
  if (options.bootstrapKey === undefined)
    requests.push({ tenantId: null, role: 'platform-admin', name: 'first administrator' })
  // Undefined where another process was the first, at the same moment.
  const keys = await directory.completeFirstStart(requests)
  if (!keys) return undefined
  const secretOf = (isPlatform: boolean) =>
    keys.find(({ key }) => (key.tenantId === null) === isPlatform)?.secret
  return {
    adminSecret: secretOf(true),
    sample: sample && { ...sample, secret: secretOf(false) as string },
  }
}
