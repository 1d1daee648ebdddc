import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { databaseAddress } from '../../start/database-address.ts'
import type { Config } from '../config.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'

/** Where a store lies. */
export type Place =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string }

const fileName = 'keelson.db'

/** The store that the settings name: a database by its URL, else a folder of data or a file in its place. */
export function settledPlace(config: Config): Place {
  const { database, dataDir } = config.storeOptions()
  return database === undefined ? filePlace(dataDir) : { kind: 'postgres', url: database }
}

/**
 * A URL of PostgreSQL, a folder of data, or the file of a database itself.
 *
 * @throws CommandFailure with exit code 2 for a URL that is none.
 */
export function placeOf(text: string): Place {
  if (!text.includes('://')) return filePlace(resolve(text))
  try {
    databaseAddress(text)
  } catch (error) {
    throw new CommandFailure((error as Error).message, exitCodes.usage, error)
  }
  return { kind: 'postgres', url: text }
}

/** What is not there yet is a file where it ends in `.db`, else a folder. */
function filePlace(path: string): Place {
  const isFile = existsSync(path) ? statSync(path).isFile() : path.endsWith('.db')
  return { kind: 'sqlite', path: isFile ? path : join(path, fileName) }
}

/** For people: a database without its password. */
export function describePlace(place: Place): string {
  return place.kind === 'sqlite' ? place.path : databaseAddress(place.url)
}
