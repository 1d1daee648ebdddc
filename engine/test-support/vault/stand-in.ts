import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Answer {
  readonly status: number
  readonly data?: Record<string, unknown>
  readonly errors?: readonly string[]
}

interface Call {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Record<string, unknown>
}

/** A transit engine of Vault with real AES-256-GCM, on a port of this machine. */
export interface VaultStandIn {
  readonly address: string
  readonly token: string
  /** Every call that came, the newest last. */
  readonly calls: readonly Call[]
  /** As Vault is: after a restart, before it is unsealed. */
  isSealed: boolean
  /** Whether the token has lost its rights. */
  isDenied: boolean
  /** As versions of Vault before associated data were. */
  knowsNoAssociatedData: boolean
  /** Answers nothing at all. */
  isSilent: boolean
  /** Answers this instead of what it would. */
  answer: { readonly status: number; readonly text: string; readonly location?: string } | undefined
  createKey(name: string): void
  rotate(name: string): void
  /** Versions before it are refused. */
  setMinDecryptionVersion(name: string, version: number): void
  deleteKey(name: string): void
  [Symbol.asyncDispose](): Promise<void>
}

interface TransitKey {
  readonly versions: Buffer[]
  minDecryptionVersion: number
}

export async function openVault({ namespace }: { namespace?: string } = {}): Promise<VaultStandIn> {
  const token = `hvs.${randomBytes(18).toString('base64url')}`
  const keys = new Map<string, TransitKey>()
  const calls: Call[] = []

  function answerTo({ method, path, headers, body }: Call): Answer {
    if (vault.isSealed) return { status: 503, errors: ['Vault is sealed'] }
    if (headers['x-vault-token'] !== token || vault.isDenied)
      return { status: 403, errors: ['1 error occurred:\n\t* permission denied\n\n'] }
    if (headers['x-vault-namespace'] !== namespace) return { status: 404, errors: ['no handler for route'] }
    const [, verb, name = ''] = /^\/v1\/transit\/(keys|encrypt|decrypt)\/([\w.-]+)$/.exec(path) ?? []
    if (verb === 'keys' && method === 'GET') return describe(name)
    if (verb === 'encrypt' && method === 'POST') return encrypt(name, body)
    if (verb === 'decrypt' && method === 'POST') return decrypt(name, body)
    return { status: 404, errors: ['no handler for route'] }
  }

  function describe(name: string): Answer {
    const key = keys.get(name)
    if (!key) return { status: 404, errors: [] }
    const { length } = key.versions
    return { status: 200, data: { name, type: 'aes256-gcm96', latest_version: length, derived: false } }
  }

  function encrypt(name: string, body: Record<string, unknown>): Answer {
    // Vault makes a key that is not there.
    if (!keys.has(name)) vault.createKey(name)
    const { versions } = keys.get(name) as TransitKey
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', versions.at(-1) as Buffer, iv)
    cipher.setAAD(associatedOf(body))
    const plain = Buffer.from(String(body['plaintext']), 'base64')
    const text = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
      'base64',
    )
    return {
      status: 200,
      data: { ciphertext: `vault:v${versions.length}:${text}`, key_version: versions.length },
    }
  }

  function decrypt(name: string, body: Record<string, unknown>): Answer {
    const key = keys.get(name)
    if (!key) return { status: 400, errors: ['encryption key not found'] }
    const [, number = '', text = ''] = /^vault:v(\d+):(.*)$/s.exec(String(body['ciphertext'])) ?? []
    const sealed = Buffer.from(text, 'base64')
    if (number === '' || sealed.length < 28 || sealed.toString('base64') !== text)
      return { status: 400, errors: ['invalid ciphertext: could not decode base64'] }
    if (Number(number) < key.minDecryptionVersion)
      return { status: 400, errors: ['ciphertext or signature version is disallowed by policy (too old)'] }
    const version = key.versions[Number(number) - 1]
    if (!version) return { status: 400, errors: ['invalid ciphertext: version is too new'] }
    const decipher = createDecipheriv('aes-256-gcm', version, sealed.subarray(0, 12))
    decipher.setAAD(associatedOf(body))
    decipher.setAuthTag(sealed.subarray(-16))
    try {
      const plain = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
      return { status: 200, data: { plaintext: plain.toString('base64') } }
    } catch {
      return { status: 400, errors: ['cipher: message authentication failed'] }
    }
  }

  const associatedOf = (body: Record<string, unknown>): Buffer =>
    vault.knowsNoAssociatedData
      ? Buffer.alloc(0)
      : Buffer.from(String(body['associated_data'] ?? ''), 'base64')

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
    const call = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
    calls.push(call)
    if (vault.isSilent) return
    if (vault.answer) {
      const { status, text: given, location } = vault.answer
      response.writeHead(status, location === undefined ? {} : { location }).end(given)
      return
    }
    const { status, ...rest } = answerTo(call)
    const answer = status === 200 ? { request_id: 'r', lease_duration: 0, ...rest } : rest
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  const server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const vault: VaultStandIn = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    calls,
    isSealed: false,
    isDenied: false,
    knowsNoAssociatedData: false,
    isSilent: false,
    answer: undefined,
    createKey: name => void keys.set(name, { versions: [randomBytes(32)], minDecryptionVersion: 1 }),
    rotate: name => void keys.get(name)?.versions.push(randomBytes(32)),
    setMinDecryptionVersion(name, version) {
      const key = keys.get(name)
      if (key) key.minDecryptionVersion = version
    },
    deleteKey: name => void keys.delete(name),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return vault
}
