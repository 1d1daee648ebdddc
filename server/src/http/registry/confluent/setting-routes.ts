import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Registry, RegistryMode } from 'keelson'
import { KeelsonError } from 'keelson'
import type { Permission } from '../../../directory/index.ts'
import type { ServerContext } from '../../server-context.ts'
import { registryCaller } from '../registry-caller.ts'
import { maxBody, readObject } from '../request-body.ts'
import { foreign } from '../route-docs.ts'
import { toMode } from '../subject-routes.ts'
import { isTrue, queryOf } from './foreign-request.ts'
import { toForeignMode } from './foreign-schema.ts'

type Params = { readonly subject?: string }

/** `/config` and `/mode`: of the whole scope, or of one subject. */
export function foreignSettingRoutes(app: FastifyInstance, server: ServerContext, registry: Registry): void {
  for (const path of ['/config', '/config/:subject']) configRoutes(app, server, registry, path)
  for (const path of ['/mode', '/mode/:subject']) modeRoutes(app, server, registry, path)
}

const subjectOf = (request: FastifyRequest): string | undefined => (request.params as Params).subject
/** A writer sets what its own subjects keep to; what concerns all is for administrators. */
const toSet = (path: string): Permission => (path.includes(':') ? 'schemas:write' : 'schemas:manage')
const nameOf = (path: string): string => (path.includes(':') ? 'Subject' : '')

function configRoutes(
  app: FastifyInstance,
  { directory }: ServerContext,
  registry: Registry,
  path: string,
): void {
  app.get(
    path,
    {
      config: { permission: 'schemas:read' },
      schema: foreign(`confluentConfig${nameOf(path)}`, 'What new versions must keep to'),
    },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const name = subjectOf(request)
      const { value, isOwn } = await registry.compatibility(scope, name)
      if (name !== undefined && !isOwn && !isTrue(queryOf(request)['defaultToGlobal']))
        throw new KeelsonError('schema_not_found', `Nothing is set for the subject "${name}"`, {
          missing: 'compatibility',
        })
      return { compatibilityLevel: toForeignMode(value) }
    },
  )

  app.put(
    path,
    {
      config: { permission: toSet(path) },
      schema: foreign(`confluentSetConfig${nameOf(path)}`, 'Set what new versions must keep to'),
      bodyLimit: maxBody,
    },
    async request => {
      const name = subjectOf(request)
      const { scope, act } = await registryCaller(request, directory)
      const mode = toMode((await readObject(request))['compatibility'], toForeignMode)
      await act(() => registry.setCompatibility(scope, name, mode))
      return { compatibility: toForeignMode(mode) }
    },
  )

  app.delete(
    path,
    {
      config: { permission: toSet(path) },
      schema: foreign(`confluentDeleteConfig${nameOf(path)}`, 'Take back what was set'),
    },
    async request => {
      const name = subjectOf(request)
      const { scope, act } = await registryCaller(request, directory)
      const { value } = await registry.compatibility(scope, name)
      await act(() => registry.setCompatibility(scope, name, undefined))
      return { compatibilityLevel: toForeignMode(value) }
    },
  )
}

function modeRoutes(
  app: FastifyInstance,
  { directory }: ServerContext,
  registry: Registry,
  path: string,
): void {
  app.get(
    path,
    {
      config: { permission: 'schemas:read' },
      schema: foreign(`confluentMode${nameOf(path)}`, 'Whether changes are taken'),
    },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const name = subjectOf(request)
      const { value, isOwn } = await registry.mode(scope, name)
      if (name !== undefined && !isOwn && !isTrue(queryOf(request)['defaultToGlobal']))
        throw new KeelsonError('schema_not_found', `The subject "${name}" has no mode of its own`, {
          missing: 'mode',
        })
      return { mode: value }
    },
  )

  app.put(
    path,
    {
      config: { permission: 'schemas:manage' },
      schema: foreign(`confluentSetMode${nameOf(path)}`, 'Take changes or none'),
      bodyLimit: maxBody,
    },
    async request => {
      const { scope, act } = await registryCaller(request, directory)
      const mode = toRegistryMode((await readObject(request))['mode'])
      await act(() => registry.setMode(scope, subjectOf(request), mode))
      return { mode }
    },
  )

  app.delete(
    path,
    {
      config: { permission: 'schemas:manage' },
      schema: foreign(`confluentDeleteMode${nameOf(path)}`, 'Take back what was set'),
    },
    async request => {
      const { scope, act } = await registryCaller(request, directory)
      const { value } = await registry.mode(scope, subjectOf(request))
      await act(() => registry.setMode(scope, subjectOf(request), undefined))
      return { mode: value }
    },
  )
}

function toRegistryMode(value: unknown): RegistryMode {
  if (value === 'READWRITE' || value === 'READONLY') return value
  throw new KeelsonError('request_invalid', 'The mode must be READWRITE or READONLY', { invalid: 'mode' })
}
