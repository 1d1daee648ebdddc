import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Registry } from 'keelson'
import { KeelsonError } from 'keelson'
import type { ServerContext } from '../../server-context.ts'
import { registryCaller } from '../registry-caller.ts'
import { maxBody } from '../request-body.ts'
import { foreign } from '../route-docs.ts'
import { toVersion } from '../schema-routes.ts'
import { isTrue, queryOf, readSchemaRequest } from './foreign-request.ts'

interface Params {
  readonly subject: string
  readonly version?: string
}

/** `/compatibility`: whether a schema could be registered. */
export function foreignCompatibilityRoutes(
  app: FastifyInstance,
  { directory }: ServerContext,
  registry: Registry,
): void {
  const check = async (request: FastifyRequest) => {
    const { scope } = await registryCaller(request, directory)
    const { subject, version } = request.params as Params
    const wanted = await readSchemaRequest(request)
    const options = version === undefined ? {} : { version: toVersion(version) }
    const { isCompatible, messages } = await registry
      .check(scope, subject, wanted, options)
      .catch(error => firstOfSubject(error, version))
    return { is_compatible: isCompatible, ...(isTrue(queryOf(request)['verbose']) && { messages }) }
  }
  const schema = (name: string) => foreign(name, 'Whether a schema fits the versions of a subject')
  app.post(
    '/compatibility/subjects/:subject/versions',
    { config: { permission: 'schemas:read' }, schema: schema('confluentCompatible'), bodyLimit: maxBody },
    check,
  )
  app.post(
    '/compatibility/subjects/:subject/versions/:version',
    { config: { permission: 'schemas:read' }, schema: schema('confluentCompatibleWith'), bodyLimit: maxBody },
    check,
  )
}

/** Where a subject has no version yet, everything fits its latest one. */
function firstOfSubject(error: unknown, version: string | undefined) {
  const isFirst =
    version !== undefined &&
    toVersion(version) === 'latest' &&
    error instanceof KeelsonError &&
    error.code === 'schema_not_found' &&
    error.details['missing'] === 'subject'
  if (!isFirst) throw error
  return { isCompatible: true, messages: [] }
}
