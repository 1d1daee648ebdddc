import { dirname } from 'node:path'
import type { EventStore } from 'keelson'
import type { KeyRing } from 'keelson/notary'
import { hasKeys } from 'keelson/notary'
import { keyFileOf, openKeys } from '../../../start/open-keys.ts'
import type { Config } from '../../config.ts'
import { openStore } from '../../operations/open-place.ts'
import type { Place } from '../../operations/place.ts'
import { settledPlace } from '../../operations/place.ts'

export interface OpenedKeys {
  readonly place: Place
  readonly store: EventStore
  /** Undefined where the store has no keys yet: none are made here. */
  readonly ring: KeyRing | undefined
  /** The file with the root keys; undefined where they are elsewhere. */
  readonly keyFile: string | undefined
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Opens the keys of the store that the settings name, as a server does.
 *
 * @throws KeelsonError as `openKeys`, also where the root key is another one.
 */
export async function openRing(config: Config): Promise<OpenedKeys> {
  const place = settledPlace(config)
  const opened = await openStore(place)
  try {
    const options = keyOptions(config, place)
    const ring = (await hasKeys(opened.it)) ? await openKeys(opened.it, options) : undefined
    return {
      place,
      store: opened.it,
      ring,
      keyFile: keyFileOf(options),
      async [Symbol.asyncDispose]() {
        await ring?.close()
        await opened[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await opened[Symbol.asyncDispose]()
    throw error
  }
}

type KeyOptions = Parameters<typeof openKeys>[1]

export function keyOptions(config: Config, place: Place): KeyOptions {
  const dataDir = place.kind === 'sqlite' ? dirname(place.path) : config.storeOptions().dataDir
  const [keys, masterKey, vaultToken, logName] = [
    config.get('keys'),
    config.get('masterKey'),
    config.get('vaultToken'),
    config.get('logName'),
  ]
  return {
    dataDir,
    ...(keys === undefined ? {} : { keys }),
    ...(masterKey === undefined ? {} : { masterKey }),
    ...(vaultToken === undefined ? {} : { vaultToken }),
    ...(logName === undefined ? {} : { logName }),
  }
}
