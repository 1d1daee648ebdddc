import { KeelsonError } from 'keelson'
import { isDatabase, noDatabase } from './addresses.ts'

/**
 * The address of a PostgreSQL database as it may be shown: without password and parameters, which can hold one.
 *
 * @throws KeelsonError `request_invalid` where it is none; the text is not repeated.
 */
export function databaseAddress(url: string): string {
  if (!isDatabase(url)) throw new KeelsonError('request_invalid', noDatabase)
  const { username, host, pathname } = new URL(url)
  return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`
}
