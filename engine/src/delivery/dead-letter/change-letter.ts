import type { DocumentChange } from '../../store/index.ts'
import type { DeadLetter } from '../../transport/index.ts'
import { deadLetterCollection, troubleId } from '../../transport/index.ts'

/** Takes a dead letter away, if nobody has changed it. */
export const removal = (letter: DeadLetter): DocumentChange => ({
  tenantId: letter.tenantId,
  collection: deadLetterCollection(letter.subscription),
  id: troubleId(letter),
  expected: letter.revision,
})
