import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KeelsonError } from '../../core/index.ts'
import type { SignerKey } from '../../proof/index.ts'
import { parseVerifierKey, verifierKeyOf, verifierKeyText } from '../../proof/index.ts'
import { isOpenToOthers, writeDurably } from './witness-state.ts'

/**
 * The key of a witness, made at the first start: a file of two lines that only its owner can read, the verifier key
 * and the seed in base64.
 *
 * @throws KeelsonError `key_ring_wrong` where the file is no such key, has another name, or is open to others.
 */
export async function openWitnessKey(folder: string, name: string | undefined): Promise<SignerKey> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'key')
  const text = await readFile(path, 'utf8').catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return makeKey(path, name)
  const key = readKey(text)
  if (name !== undefined && key.name !== name)
    throw new KeelsonError('key_ring_wrong', `The key in ${path} is that of ${key.name}, not of ${name}`)
  if (await isOpenToOthers(path))
    throw new KeelsonError('key_ring_wrong', `Others can read the key in ${path}: give it the mode 600`)
  return key
}

async function makeKey(path: string, name = 'witness'): Promise<SignerKey> {
  const key: SignerKey = { name, kind: 'witness', seed: randomBytes(32) }
  const text = `${verifierKeyText(verifierKeyOf(key))}\n${Buffer.from(key.seed).toString('base64')}\n`
  await writeDurably(path, text)
  return key
}

function readKey(text: string): SignerKey {
  const [verifier = '', encoded = ''] = text.split('\n')
  try {
    const { name, id, kind } = parseVerifierKey(verifier)
    const key: SignerKey = { name, kind, seed: Buffer.from(encoded, 'base64') }
    if (kind === 'witness' && verifierKeyOf(key).id === id) return key
  } catch {
    // What was read is a secret: no error may carry it.
  }
  throw new KeelsonError('key_ring_wrong', 'The file of the witness has no key of a witness')
}
