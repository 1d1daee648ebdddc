import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunningServer } from '@keelson/server'
import { serve, startDefaults } from '@keelson/server'
import { permissionsOf } from '../../server/src/directory/index.ts'
import { defaultLimits } from '../../server/src/http/server-context.ts'
import { code, table } from './table.ts'

export const docsKey = 'a-key-for-the-documentation'

/** Runs `work` with a server on an empty store of its own. */
export async function withServer<T>(work: (server: RunningServer) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keelson-docs-'))
  const server = await serve({ ...startDefaults, port: 0, dataDir, isEmpty: true, bootstrapKey: docsKey })
  try {
    return await work(server)
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

interface Operation {
  readonly summary?: string
  /** What its callers must be allowed to. */
  readonly 'x-permission'?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly description?: string
  }[]
}

/** Routes and query parameters, as the running server describes them. */
export async function httpSections(): Promise<Record<string, string>> {
  const paths = await withServer(
    async ({ app }) => app.swagger().paths as Record<string, Record<string, Operation>>,
  )
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const sorted = operations.sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1))
  const queries = (path: string) =>
    (paths[path]?.['get']?.parameters ?? []).filter(parameter => parameter.in === 'query')
  return {
    routes: table(
      ['method', 'path', 'permission', 'what it does'],
      sorted.map(({ path, method, operation }) => [
        method,
        code(path),
        permissionText(operation['x-permission'] ?? ''),
        operation.summary ?? '',
      ]),
    ),
    'query parameters': table(
      ['parameter', 'meaning'],
      queries('/v1/events').map(({ name, description }) => [code(name), description ?? meanings[name] ?? '']),
    ),
    roles: table(
      ['permission', ...Object.keys(permissionsOf).map(code)],
      permissionsOf['platform-admin'].map(permission => [
        code(permission),
        ...Object.values(permissionsOf).map(granted => (granted.includes(permission) ? 'yes' : '–')),
      ]),
    ),
    limits: table(
      ['limit', 'value'],
      Object.entries(defaultLimits).map(([name, value]) => [
        limitNames[name] ?? name,
        amount(name, value as number),
      ]),
    ),
  }
}

/** `any key` and `open` are no permissions. */
const permissionText = (permission: string): string =>
  permission.includes(':') ? code(permission) : permission

/** Parameters whose schema says all but what they are for. */
const meanings: Readonly<Record<string, string>> = {
  order: '`desc` (default): newest position first; `asc`: oldest first.',
  limit: 'Events on a page, 1 to 500; 50 when absent.',
}

const limitNames: Readonly<Record<string, string>> = {
  eventBodyBytes: "Body of one event's request",
  batchBodyBytes: 'Body of a batch, packed and unpacked',
  batchEvents: 'Events in a batch',
  importBodyBytes: 'Body of an import, as sent',
  openStreams: 'Live tails open at a time',
  openStreamsPerTenant: 'Of these, those of one tenant',
  openPulls: 'Pulls that wait',
  openPullsPerTenant: 'Of these, of one tenant',
}

function amount(name: string, value: number): string {
  if (!name.endsWith('Bytes')) return value.toLocaleString('en')
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const step = Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${value / 1024 ** step} ${units[step]}`
}
