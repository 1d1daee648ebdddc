import type { KeyObject } from 'node:crypto'
import { generateKeyPairSync } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import type { SignerKey } from 'keelson/proof'
import { verifierKeyOf, verifierKeyText } from 'keelson/proof'
import { printableJson } from '../../event-line.ts'
import { CommandFailure, exitCodes } from '../../exit-code.ts'
import { readPrivateKey } from './approver-key.ts'

interface Flags {
  readonly name: string
  readonly json?: boolean
}

/** Makes an approver's key: the private one into a file of its owner, the public one is printed. */
export async function newKeyCommand(flags: Flags & { readonly output: string }): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const key = verifierKey(flags.name, privateKey)
  await writeKey(flags.output, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  print(flags, flags.output, key)
}

/** Prints the public key of a file that there is. */
export async function showKeyCommand(file: string, flags: Flags): Promise<void> {
  print(flags, file, verifierKey(flags.name, readPrivateKey(file)))
}

function print({ json, name }: Flags, file: string, key: string): void {
  process.stdout.write(json ? `${printableJson({ name, file, key })}\n` : `${key}\n`)
}

/** @throws CommandFailure with exit code 2 for a name that no approver can have. */
function verifierKey(name: string, privateKey: KeyObject): string {
  if (!/^[^\s+]{1,128}$/u.test(name))
    throw new CommandFailure(
      'The name of an approver is 1 to 128 characters without white space and plus signs',
      exitCodes.usage,
    )
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url')
  const signer: SignerKey = { name, kind: 'author', seed }
  try {
    return verifierKeyText(verifierKeyOf(signer))
  } finally {
    seed.fill(0)
  }
}

/** On the disk when it resolves; a file that is there is never written over. */
async function writeKey(path: string, pem: string): Promise<void> {
  let isMade = false
  try {
    await using file = await open(path, 'wx', 0o600)
    isMade = true
    await file.writeFile(pem)
    await file.sync()
  } catch (error) {
    if (isMade) await rm(path, { force: true })
    const { code } = error as { code?: string }
    if (code === 'EEXIST')
      throw new CommandFailure(
        `${path} is there already; a key is never written over another file`,
        exitCodes.conflict,
      )
    throw new CommandFailure(
      `The key cannot be written to ${path}: ${code ?? 'unknown reason'}`,
      exitCodes.usage,
      error,
    )
  }
}
