import { dirname, join } from 'node:path'
import type { EventStore } from 'keelson'
import { KeelsonError } from 'keelson'
import type { KeyRing, RootKey } from 'keelson/notary'
import {
  createAzureRootKey,
  createTextRootKey,
  createVaultRootKey,
  hasKeys,
  openFileRootKey,
  openKeyRing,
} from 'keelson/notary'
import type { StartOptions } from './options.ts'
import { startDefaults } from './options.ts'

type KeyOptions = Pick<StartOptions, 'dataDir' | 'keys' | 'masterKey' | 'vaultToken' | 'logName'>

const headFileName = 'log-heads'

/** Name of the file with the wrapping key, in the folder of the data. */
export const keyFileName = 'master.key'

/**
 * Opens the keys of the store under what wraps them. The key file is made at the first start only: with another one
 * nothing that was sealed could be read.
 *
 * @throws KeelsonError `key_ring_…`, `key_file_…`, `request_invalid` for a place that is none.
 */
export async function openKeys(store: EventStore, options: KeyOptions): Promise<KeyRing> {
  const root = await openRoot(store, options)
  try {
    return await openKeyRing(store, root, { logName: options.logName ?? startDefaults.logName })
  } catch (error) {
    await root.close()
    if (error instanceof TypeError) throw new KeelsonError('request_invalid', error.message)
    throw error
  }
}

/** The file with the root keys; undefined where they are in a key vault or in the environment. */
export function keyFileOf({
  keys,
  masterKey,
  dataDir,
}: Pick<KeyOptions, 'keys' | 'masterKey' | 'dataDir'>): string | undefined {
  return masterKey !== undefined || keys?.includes('://') ? undefined : (keys ?? join(dataDir, keyFileName))
}

/**
 * The file that remembers the heads of the logs: beside the root keys, or in the folder of the data where these are not in
 * a file. Whoever deletes in the database does not reach it.
 */
export function headFileOf(options: Pick<KeyOptions, 'keys' | 'masterKey' | 'dataDir'>): string {
  const keyFile = keyFileOf(options)
  return join(keyFile === undefined ? options.dataDir : dirname(keyFile), headFileName)
}

async function openRoot(store: EventStore, options: KeyOptions): Promise<RootKey> {
  const { keys, masterKey } = options
  if (masterKey !== undefined) return createTextRootKey(masterKey)
  if (keys?.startsWith('vault+')) return openVault(keys.slice('vault+'.length), options)
  if (keys?.startsWith('https://')) return openAzure(keys)
  // A place that the operator names is shared by servers, and must be there.
  const path = keyFileOf(options)
  if (path === undefined) throw noKeys()
  return openFileRootKey({ path, create: !(await hasKeys(store)) })
}

/** `https://host[:port]/MOUNT/NAME` */
function openVault(address: string, { vaultToken }: KeyOptions): RootKey {
  if (!URL.canParse(address)) throw noKeys()
  const url = new URL(address)
  const parts = url.pathname.split('/').filter(part => part !== '')
  const key = parts.pop()
  if (key === undefined || parts.length === 0) throw noKeys()
  if (vaultToken === undefined)
    throw new KeelsonError('request_invalid', 'Vault asks for a token: set VAULT_TOKEN')
  return createVaultRootKey({ address: url.origin, token: vaultToken, mount: parts.join('/'), key })
}

/** `https://NAME.vault.azure.net/keys/NAME` */
async function openAzure(address: string): Promise<RootKey> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const key = url && /^\/keys\/([0-9A-Za-z-]{1,127})$/.exec(url.pathname)?.[1]
  if (!url || key === undefined) throw noKeys()
  const [{ KeyClient }, { DefaultAzureCredential }] = await Promise.all([
    import('@azure/keyvault-keys'),
    import('@azure/identity'),
  ])
  return createAzureRootKey({ client: new KeyClient(url.origin, new DefaultAzureCredential()), key })
}

const noKeys = (): KeelsonError =>
  new KeelsonError(
    'request_invalid',
    'The keys are a file, vault+https://host/transit/NAME, or https://NAME.vault.azure.net/keys/NAME',
  )
