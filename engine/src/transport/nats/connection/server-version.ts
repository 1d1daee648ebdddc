import { KeelsonError } from '../../../core/index.ts'

/** Major, minor and patch, as numbers: as texts 2.9 would come after 2.15. */
export type ServerVersion = readonly [major: number, minor: number, patch: number]

/** Headers with an expected sequence, replies to consumers of several kinds, and what else is used are there since. */
export const oldestVersion: ServerVersion = [2, 9, 0]

/** Since when a consumer takes several filter subjects. */
export const severalSubjects: ServerVersion = [2, 10, 0]

/** Since when a message may have a time to live of its own. */
export const messageTtl: ServerVersion = [2, 11, 0]

/** What comes behind the numbers, as of a release candidate, is passed over; undefined where it is no version. */
export function parseVersion(text: string): ServerVersion | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(?:$|[-+.])/.exec(text)
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])]
}

export function isAtLeast(version: ServerVersion, oldest: ServerVersion): boolean {
  for (const [at, part] of version.entries()) {
    const least = oldest[at] ?? 0
    if (part !== least) return part > least
  }
  return true
}

/** @throws KeelsonError `transport_too_old`, also where the server does not say what it is. */
export function checkVersion(text: string): ServerVersion {
  const version = parseVersion(text)
  if (version !== undefined && isAtLeast(version, oldestVersion)) return version
  const oldest = oldestVersion.join('.')
  throw new KeelsonError(
    'transport_too_old',
    `The NATS server is of version ${text.slice(0, 40)}, and ${oldest} is the oldest that will do`,
    { version: text.slice(0, 40), oldest },
  )
}
