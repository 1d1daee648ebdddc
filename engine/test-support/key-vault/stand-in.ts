import type { KeyObject } from 'node:crypto'
import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { selfSigned } from './certificate.ts'

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}

interface KeyVersion {
  readonly version: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** A vault of Azure with RSA keys, behind TLS on a port of this machine. */
export interface KeyVaultStandIn {
  readonly url: string
  /** The certificate of its own that it shows. */
  readonly ca: string
  /** What its directory gives out; a call without it is challenged. */
  readonly token: string
  /** Paths of the calls that had a token, the newest last. */
  readonly calls: readonly string[]
  /** Calls that were challenged. */
  readonly challenges: number
  /** Answers 503 to all. */
  isDown: boolean
  /** Whether the token has lost its rights. */
  isDenied: boolean
  createKey(name: string): void
  rotate(name: string): void
  deleteKey(name: string): void
  [Symbol.asyncDispose](): Promise<void>
}

const host = 'keelson.vault.test'
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
const faulty = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
})

export async function openKeyVault(): Promise<KeyVaultStandIn> {
  const token = randomBytes(24).toString('base64url')
  const keys = new Map<string, KeyVersion[]>()
  const calls: string[] = []
  const { key, cert } = selfSigned(host)
  let challenges = 0

  function answerTo(request: IncomingMessage, body: Record<string, unknown>): Answer {
    if (vault.isDown)
      return { ...faulty(503, 'ServiceUnavailable', 'Try later'), headers: { 'retry-after': '0' } }
    const url = new URL(request.url ?? '', vault.url)
    if (request.headers.authorization !== `Bearer ${token}`) return challenge()
    calls.push(`${request.method} ${url.pathname}`)
    if (vault.isDenied) return faulty(403, 'Forbidden', 'The user does not have this permission on key vault')
    if (!url.searchParams.get('api-version')) return faulty(400, 'BadParameter', 'api-version must be given')
    const [, name = '', version = '', verb] =
      /^\/keys\/([A-Za-z0-9-]+)(?:\/([A-Za-z0-9]*))?(?:\/(\w+))?$/.exec(url.pathname) ?? []
    const versions = keys.get(name)
    const found = version === '' ? versions?.at(-1) : versions?.find(one => one.version === version)
    if (!found) return faulty(404, 'KeyNotFound', `A key with (name/id) ${name}/${version} was not found`)
    if (request.method === 'GET' && verb === undefined) return { status: 200, body: bundleOf(name, found) }
    if (request.method === 'POST' && (verb === 'wrapkey' || verb === 'unwrapkey'))
      return use(name, found, verb, body)
    return faulty(404, 'NotFound', 'There is no such operation')
  }

  /** What the vault says to one without a token: where tokens come from, and for what. */
  function challenge(): Answer {
    challenges += 1
    const authorization = 'https://login.vault.test/00000000-0000-0000-0000-000000000001'
    const header = `Bearer authorization="${authorization}", resource="https://vault.test"`
    return { ...faulty(401, 'Unauthorized', 'No token'), headers: { 'www-authenticate': header } }
  }

  const idOf = (name: string, version: string): string => `${vault.url}/keys/${name}/${version}`

  function bundleOf(name: string, { version, publicKey }: KeyVersion): unknown {
    const { n, e } = publicKey.export({ format: 'jwk' })
    const created = Math.floor(Date.now() / 1000)
    return {
      key: { kid: idOf(name, version), kty: 'RSA', key_ops: ['wrapKey', 'unwrapKey'], n, e },
      attributes: { enabled: true, created, updated: created, recoveryLevel: 'Recoverable' },
    }
  }

  function use(name: string, found: KeyVersion, verb: string, body: Record<string, unknown>): Answer {
    if (body['alg'] !== 'RSA-OAEP-256') return faulty(400, 'BadParameter', 'The algorithm is not supported')
    const value = Buffer.from(String(body['value']), 'base64url')
    try {
      const result =
        verb === 'wrapkey'
          ? publicEncrypt({ key: found.publicKey, ...oaep }, value)
          : privateDecrypt({ key: found.privateKey, ...oaep }, value)
      return { status: 200, body: { kid: idOf(name, found.version), value: result.toString('base64url') } }
    } catch {
      return faulty(400, 'BadParameter', 'The parameter is incorrect')
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()
    const { status, body, headers } = answerTo(request, text === '' ? {} : JSON.parse(text))
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

  const addVersion = (name: string): void => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const versions = keys.get(name) ?? []
    keys.set(name, [...versions, { version: randomBytes(16).toString('hex'), ...pair }])
  }

  const server = createServer({ key, cert }, (request, response) => void serve(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const vault: KeyVaultStandIn = {
    url: `https://${host}:${(server.address() as AddressInfo).port}`,
    ca: cert,
    token,
    calls,
    get challenges() {
      return challenges
    },
    isDown: false,
    isDenied: false,
    createKey: addVersion,
    rotate: addVersion,
    deleteKey: name => void keys.delete(name),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return vault
}
