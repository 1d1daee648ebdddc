import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { FieldFault, JsonObject } from 'keelson'
import { decodeUtf8, isJsonObject, KeelsonError, parseJson } from 'keelson'
import type { Role } from '../directory/index.ts'
import { tenantRoles } from '../directory/index.ts'
import type { Caller } from './access.ts'
import { admit, identify } from './access.ts'
import { bodyBytes } from './body.ts'
import { plain } from './route-schemas.ts'
import type { ServerContext } from './server-context.ts'

const maxBody = 16 * 1024

/** Tenants (for platform administrators) and API keys (for administrators, each for what they administer). */
export function directoryRoutes(app: FastifyInstance, server: ServerContext): void {
  const { directory } = server

  app.get(
    '/v1/tenants',
    { config: { permission: 'tenants:manage' }, schema: plain('listTenants', 'access', 'All tenants') },
    async request => {
      admit(request, await identify(request, directory))
      const tenants = await directory.listTenants()
      return { data: tenants }
    },
  )

  app.post(
    '/v1/tenants',
    {
      config: { permission: 'tenants:manage' },
      schema: plain('createTenant', 'access', 'Make a tenant'),
      bodyLimit: maxBody,
    },
    async (request, reply) => {
      admit(request, await identify(request, directory))
      const body = new BodyReader(await readObject(request), ['id', 'name', 'keepsUnknownTypes'])
      const id = body.text('id', true)
      const name = body.text('name', false) ?? id
      const keepsUnknownTypes = body.flag('keepsUnknownTypes')
      body.done()
      const tenant = await directory.createTenant(id as string, name as string, keepsUnknownTypes)
      return reply.code(201).send(tenant)
    },
  )

  app.get(
    '/v1/keys',
    {
      config: { permission: 'keys:manage' },
      schema: plain('listKeys', 'access', 'API keys, without their secrets'),
    },
    async request => {
      const caller = await keyManager(request, server)
      return { data: await directory.listKeys(caller.tenant?.id ?? null) }
    },
  )

  app.post(
    '/v1/keys',
    {
      config: { permission: 'keys:manage' },
      schema: plain('createKey', 'access', 'Make an API key; its secret is shown this once'),
      bodyLimit: maxBody,
    },
    async (request, reply) => {
      const caller = await keyManager(request, server)
      const body = new BodyReader(await readObject(request), ['name', 'role'])
      const name = body.text('name', true)
      const roles: readonly Role[] = caller.tenant ? tenantRoles : ['platform-admin']
      const role = body.oneOf('role', roles)
      body.done()
      const { key, secret } = await directory.createKey(
        caller.tenant?.id ?? null,
        role as Role,
        name as string,
      )
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...key, secret })
    },
  )

  app.delete<{ Params: { id: string } }>(
    '/v1/keys/:id',
    { config: { permission: 'keys:manage' }, schema: plain('revokeKey', 'access', 'Revoke an API key') },
    async (request, reply) => {
      const caller = await keyManager(request, server)
      if (request.params.id === caller.key.id) {
        throw new KeelsonError('request_invalid', 'A key cannot revoke itself: use another administrator key')
      }
      await directory.revokeKey(caller.tenant?.id ?? null, request.params.id)
      return reply.code(204).send()
    },
  )
}

async function keyManager(request: FastifyRequest, server: ServerContext): Promise<Caller> {
  const caller = await identify(request, server.directory)
  admit(request, caller)
  return caller
}

async function readObject(request: FastifyRequest): Promise<JsonObject> {
  const value = parseJson(decodeUtf8(await bodyBytes(request, maxBody)))
  if (!isJsonObject(value)) throw new KeelsonError('request_invalid', 'The body is not a JSON object')
  return value
}

/** Reads the members of a small JSON object; every fault is reported at once by `done`. */
class BodyReader {
  readonly #body: JsonObject
  readonly #faults: FieldFault[] = []

  constructor(body: JsonObject, known: readonly string[]) {
    this.#body = body
    for (const name of Object.keys(body)) {
      if (!known.includes(name))
        this.#faults.push({
          pointer: `/${name.slice(0, 60)}`,
          message: `is not known; known are ${known.join(', ')}`,
        })
    }
  }

  text(name: string, isRequired: boolean): string | undefined {
    const value = this.#body[name]
    if (value === undefined && !isRequired) return undefined
    if (typeof value === 'string' && value.trim() !== '' && value.length <= 200) return value
    this.#faults.push({ pointer: `/${name}`, message: 'must be a text of 1 to 200 characters' })
    return undefined
  }

  flag(name: string): boolean {
    const value = this.#body[name]
    if (value !== undefined && typeof value !== 'boolean')
      this.#faults.push({ pointer: `/${name}`, message: 'must be true or false' })
    return value === true
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.#body[name]
    if (typeof value === 'string' && (values as readonly string[]).includes(value)) return value as Value
    this.#faults.push({ pointer: `/${name}`, message: `must be one of ${values.join(', ')}` })
    return undefined
  }

  /** @throws KeelsonError `request_invalid` with all faults. */
  done(): void {
    const [first] = this.#faults
    if (first)
      throw new KeelsonError('request_invalid', `${first.pointer} ${first.message}`, { faults: this.#faults })
  }
}
