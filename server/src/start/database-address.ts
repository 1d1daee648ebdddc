import { KeelsonError } from 'keelson'

/**
 * The address of a PostgreSQL database as it may be shown: without password and parameters, which can hold one.
 *
 * @throws KeelsonError `request_invalid` where it is none; the text is not repeated.
 */
export function databaseAddress(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw new KeelsonError(
      'request_invalid',
      'The database is not given as postgres://user:password@host:port/database',
    )
  const { username, host, pathname } = new URL(url)
  return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`
}

/** Whether the address holds a password. */
export function hasPassword(url: string): boolean {
  return URL.canParse(url) && (new URL(url).password !== '' || /[?&](password|sslpassword)=/i.test(url))
}
