import type { KeyObject } from 'node:crypto'
import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { ApproverItem } from '../../../api/types.ts'
import type { Connection } from '../../connection.ts'
import { get } from '../../delivery/api.ts'
import { CommandFailure, exitCodes } from '../../exit-code.ts'

const mostBytes = 64 * 1_024

/** Whoever signs, by a private key that is read from a file and sent nowhere. */
export interface Signer {
  /** File of the key. */
  readonly file: string
  /** 32 bytes, as base64url. */
  readonly publicKey: string
  /** base64url of the Ed25519 signature (RFC 8032) over the text in UTF-8. */
  sign(text: string): string
}

/** @throws CommandFailure with exit code 2 where the file holds no Ed25519 key in PKCS #8, or others can read it. */
export function readSigner(file: string): Signer {
  const key = readPrivateKey(file)
  const { x: publicKey } = key.export({ format: 'jwk' })
  if (publicKey === undefined) throw noKey(file)
  return { file, publicKey, sign: text => sign(null, Buffer.from(text), key).toString('base64url') }
}

/** @throws CommandFailure as {@link readSigner}. */
export function readPrivateKey(file: string): KeyObject {
  const pem = readPem(file)
  let key: KeyObject
  try {
    key = createPrivateKey({ key: pem, format: 'pem' })
  } catch (error) {
    // The cause could hold parts of the file.
    const isEncrypted = (error as { code?: string }).code === 'ERR_MISSING_PASSPHRASE'
    throw isEncrypted
      ? usage(`The key in ${file} has a passphrase: "openssl pkey" takes it off`)
      : noKey(file)
  }
  if (key.asymmetricKeyType !== 'ed25519') throw noKey(file)
  return key
}

function readPem(file: string): string {
  try {
    const { mode, size } = statSync(file)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw usage(`Others than its owner can read the key file ${file}: run chmod 600 on it`)
    if (size > mostBytes) throw noKey(file)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    throw new CommandFailure(`The key file ${file} cannot be read`, exitCodes.usage, error)
  }
}

/**
 * The registered approver whose key the signer has.
 *
 * @throws CommandFailure with exit code 4 where there is none.
 */
export async function approverOf(connection: Connection, { file, publicKey }: Signer): Promise<ApproverItem> {
  const { data } = await get<{ data: readonly ApproverItem[] }>(connection, '/v1/approvers')
  const found = data.find(({ key, revokedAt }) => revokedAt === null && publicKeyOf(key) === publicKey)
  if (found) return found
  throw new CommandFailure(
    `The key in ${file} is not that of an approver of this tenant`,
    exitCodes.notAllowed,
  )
}

/** Of `name+id+base64(kind ‖ public key)`, where the base64 may have plus signs too. */
function publicKeyOf(verifierKey: string): string | undefined {
  const [, encoded] = /^[^+]+\+[0-9a-f]{8}\+(.+)$/.exec(verifierKey) ?? []
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').subarray(1).toString('base64url')
}

const usage = (message: string): CommandFailure => new CommandFailure(message, exitCodes.usage)

const noKey = (file: string): CommandFailure =>
  usage(
    `The file ${file} holds no private key: one is an Ed25519 key in PEM, as "keelson approver-key new" makes it`,
  )
