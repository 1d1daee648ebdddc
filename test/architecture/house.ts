/**
 * The house: which package leans on which, and on which floor each room stands. A room imports rooms of lower floors
 * only; rooms on one floor never know each other. Rooms that are not built yet have their place already.
 */
export interface PackagePlan {
  /** Workspace packages that it may import. */
  readonly leansOn: readonly string[]
  /** Whether it may take types only. */
  readonly isTypesOnly?: boolean
  /** Of these more than types all the same. */
  readonly values?: readonly string[]
  /** Rooms under `src/` by floor, the lowest first; undefined where the package has none that are ordered. */
  readonly floors?: readonly (readonly string[])[]
  /** Doors of rooms other than `index.ts`. */
  readonly doors?: Readonly<Record<string, readonly string[]>>
  /** Folders of a room that stand beside its port: neither the room nor each other import them. */
  readonly adapters?: Readonly<Record<string, readonly string[]>>
}

export const house: Readonly<Record<string, PackagePlan>> = {
  engine: {
    leansOn: [],
    floors: [
      ['core'],
      ['catalog', 'proof'],
      ['store'],
      ['transport', 'notary'],
      ['bus'],
      ['delivery'],
      ['aggregate', 'projection', 'saga', 'pipeline'],
      ['testing'],
      ['platform'],
    ],
    adapters: {
      store: ['memory', 'sqlite', 'postgres'],
      transport: ['embedded', 'nats', 'service-bus'],
    },
  },
  contexts: {
    leansOn: ['keelson'],
    floors: [['definition'], ['audit', 'governance', 'registry', 'saas', 'security', 'tenant-log']],
    doors: { definition: ['field.ts', 'policy.ts'] },
  },
  server: {
    leansOn: ['keelson', '@keelson/contexts'],
    floors: [['api', 'directory'], ['catalog', 'delivery'], ['http'], ['start'], ['cli']],
    doors: {
      api: ['types.ts', 'event-item.ts', 'counted.ts'],
      http: [
        'app.ts',
        'server-context.ts',
        'import-route.ts',
        'log/bundle-export.ts',
        'log/log-checks.ts',
        'log/notary-services.ts',
      ],
      start: [
        'addresses.ts',
        'database-address.ts',
        'delete-tenant.ts',
        'open-archive.ts',
        'open-keys.ts',
        'open-store.ts',
        'open-transport.ts',
        'options.ts',
        'serve.ts',
        'transport-address.ts',
        'transport-topology.ts',
        'version.ts',
      ],
    },
  },
  // A proof is verified in the browser by the code that verifies it everywhere.
  console: {
    leansOn: ['@keelson/server/api', 'keelson/proof'],
    isTypesOnly: true,
    values: ['keelson/proof'],
  },
}

/** Names by which workspace packages are imported. */
export const workspaceName = /^(keelson|@keelson\/[a-z]+)(\/|$)/
