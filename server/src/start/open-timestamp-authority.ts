import { KeelsonError } from 'keelson'
import type { TimestampAuthority } from 'keelson/notary'
import { HttpTimestampAuthority } from 'keelson/notary'

/** @throws KeelsonError `request_invalid` for what is no http or https address. */
export function openTimestampAuthority(url: string): TimestampAuthority {
  try {
    return new HttpTimestampAuthority({ url })
  } catch (error) {
    throw new KeelsonError(
      'request_invalid',
      'The time stamp authority is given as http://… or https://…',
      {},
      error,
    )
  }
}
