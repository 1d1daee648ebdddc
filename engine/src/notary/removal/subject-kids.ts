import { canonicalSubject } from '../../proof/index.ts'
import type { RemovalKeys } from './port.ts'

/**
 * Every key of a subject. Keys of an address are kept under one spelling of it; those made before that was so are under
 * the spelling that was sent.
 */
export async function subjectKids(
  ring: Pick<RemovalKeys, 'kidsOf'>,
  tenantId: string,
  subject: string,
): Promise<readonly string[]> {
  const spellings = new Set([subject, canonicalSubject(subject)])
  const kids = await Promise.all([...spellings].map(one => ring.kidsOf(tenantId, one)))
  return [...new Set(kids.flat())].sort()
}
