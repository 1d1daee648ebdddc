import type { BundleSource } from './source.ts'
import type { Verdict } from './verdict.ts'
import type { VerifyOptions } from './verification.ts'
import { Verification } from './verification.ts'

/**
 * Verifies an evidence bundle: the signatures, the root over all leaves, the order, every commitment and disclosure that
 * is there, and a record for everything that is not. Reads one line or tile at a time, each file up to three times.
 * Whatever the bundle is, there is a verdict; it throws only where `signal` is aborted.
 *
 * What it cannot show: that a product has sent everything, that what it sent is true, and that nobody kept a copy of a
 * key that was destroyed; that what a redaction left is as it was; and, where a body is gone, what it was: for that it has
 * the word of the record, and of the holds that named the entry. Of a range it takes the records outside of it as the
 * bundle brings them along. With the keys of the bundle itself it shows that the bundle is of one piece; with `policy` and `against`, that it is of that log.
 *
 * @example
 * const verdict = await verifyBundle(source, { policy, against: keptCheckpoint })
 * if (!verdict.isVerified) console.log(verdict.failures)
 */
export async function verifyBundle(source: BundleSource, options: VerifyOptions = {}): Promise<Verdict> {
  return new Verification(source, options).run()
}
