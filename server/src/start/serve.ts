import { randomBytes } from 'node:crypto'
import { audit, governance, registry, saas, security, tenantLog } from '@keelson/contexts'
import { readOlderSchemas } from '@keelson/contexts/schemas'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { ErrorCode, EventStore, Platform } from 'keelson'
import {
  createIdSource,
  createPlatform,
  KeelsonError,
  openWithMetadata,
  refuseUnfinishedMove,
  systemAlarm,
  systemClock,
} from 'keelson'
import type { KeyRing } from 'keelson/notary'
import { openSealed } from 'keelson/notary'
import { Subscriptions } from '../delivery/index.ts'
import type { KeyRequest } from '../directory/index.ts'
import { Directory } from '../directory/index.ts'
import { createApp } from '../http/app.ts'
import type { NotaryServices } from '../http/log/notary-services.ts'
import { defaultLimits } from '../http/server-context.ts'
import { closeAll } from './close-all.ts'
import { refuseWithoutArchive } from './open-archive.ts'
import { openKeys } from './open-keys.ts'
import type { OpenedNotary } from './open-notary.ts'
import { startNotary } from './open-notary.ts'
import { openStore } from './open-store.ts'
import type { OpenedTransport } from './open-transport.ts'
import { openTransport } from './open-transport.ts'
import type { StartOptions } from './options.ts'
import { RequestsInHand } from './requests-in-hand.ts'
import type { SampleTenant } from './sample.ts'
import { createSampleTenant } from './sample.ts'
import { schemaLanguages } from './schema-languages.ts'
import { serverVersion } from './version.ts'

export interface RunningServer {
  readonly url: string
  /** Where the data is, for people: never with a password. */
  readonly location: string
  readonly platform: Platform
  readonly subscriptions: Subscriptions
  /** The platform's store without keys. */
  readonly masked: EventStore
  readonly notary: NotaryServices
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

const contexts = [audit, governance, registry, saas, security, tenantLog]

/** Opens the store, starts the platform on it and listens. */
export async function serve(options: StartOptions, logger?: FastifyBaseLogger): Promise<RunningServer> {
  const opened = await openStore(options)
  const { location } = opened
  // What a stream's metadata hides is hidden from the API too.
  const masked = openWithMetadata(opened.store)
  const stopping = new AbortController()
  let platform: Platform | undefined
  let subscriptions: Subscriptions | undefined
  let transport: OpenedTransport | undefined
  let ring: KeyRing | undefined
  let notary: OpenedNotary | undefined
  let lastRelayError: ErrorCode | undefined
  let app: FastifyInstance | undefined
  let requests: RequestsInHand | undefined
  let stopped: Promise<void> | undefined
  const stop = async () => {
    stopping.abort(new KeelsonError('not_ready', 'The server is stopping: run what was cut off again'))
    const closed = app?.close()
    await requests?.none()
    // A connection on which nothing was asked, such as a browser opens ahead, would keep the server open for ever.
    app?.server.closeAllConnections()
    await closeAll([
      () => closed,
      () => notary?.close(),
      () => subscriptions?.close(),
      () => transport?.relay?.close(),
      () => platform?.close(),
      () => transport?.transport.close(),
      () => opened.close(),
      () => ring?.close(),
    ])
  }
  try {
    await refuseWithoutArchive(masked, options.archive)
    // Before a key is made that the moved store would not be read with.
    await refuseUnfinishedMove(masked)
    ring = await openKeys(masked, options)
    const store = openSealed(masked, ring)
    const ids = createIdSource(systemClock)
    const directory = await Directory.open(store, systemClock, ids)
    const serverId = randomBytes(6).toString('base64url')
    transport = await openTransport(store, {
      address: options.transport,
      name: options.transportName,
      serverId,
      contexts,
      onRelayError: error => {
        if (error.code === lastRelayError) return
        // Once for each kind of trouble: while the broker is away it is asked again and again.
        lastRelayError = error.code
        app?.log.error({ err: error, code: error.code }, 'events do not get to the broker; it is tried again')
      },
    })
    platform = await createPlatform({
      store,
      transport: transport.transport,
      contexts,
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
    subscriptions = new Subscriptions({
      platform,
      transport,
      serverId,
      projections: contexts.flatMap(({ projections = [] }) => projections.map(({ name }) => name)),
      alarm: systemAlarm,
      clock: systemClock,
      ids,
      onBreaker: change => app?.log.warn({ change }, 'the breaker of a subscription has changed'),
      onError: (subscription, error) => {
        // What a consumer says of an event is kept with the event; what is wrong here is for whoever runs the server.
        const isConsumers = !(error instanceof KeelsonError) || error.code === 'handler_timeout'
        if (!isConsumers) app?.log.error({ err: error, subscription }, 'a subscription is in trouble')
      },
    })
    subscriptions.start()
    notary = startNotary({
      platform,
      masked,
      ring,
      archive: opened.archive,
      clock: systemClock,
      ids,
      options,
      onAlarm: alarm => app?.log.error({ alarm }, 'the log of a tenant needs to be looked at'),
    })
    const limits = defaultLimits
    app = await createApp(
      {
        platform,
        masked,
        directory,
        subscriptions,
        notary: notary.services,
        limits,
        version: serverVersion(),
        stopping: stopping.signal,
      },
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
      subscriptions,
      masked,
      notary: notary.services,
      app,
      firstStart,
      stop: () => {
        stopped ??= stop()
        return stopped
      },
    }
  } catch (error) {
    // Why it did not start is what is to be said.
    await stop().catch(() => undefined)
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
