import { KeelsonError } from '../../../core/index.ts'
import type { PreparedAppend } from '../../append/prepare.ts'
import type { PreparedUnit } from '../../append/prepare-unit.ts'

/** An entry of an index must fit a third of a page. */
const maxIndexedBytes = 2_400

/**
 * Refuses names that PostgreSQL could not keep: texts with the character NUL, and names beyond what an index takes,
 * which are longer than the port's 1024 characters only where most characters take three bytes.
 *
 * @throws KeelsonError `append_invalid`.
 */
export function checkTexts(append: PreparedAppend): void {
  check('idempotency key', append.idempotencyKey ?? '')
  for (const { stream, events } of append.writes) {
    check('stream', stream)
    for (const event of events) {
      check('event id', event.id)
      check('event type', event.type)
      check('topic', event.topic)
      for (const link of event.links) check('correlation, causation or tag', link)
    }
  }
}

/** As `checkTexts`, for all parts of a unit. */
export function checkUnitTexts(unit: PreparedUnit): void {
  for (const append of unit.appends) checkTexts(append)
  if (unit.checkpoint) check('checkpoint', unit.checkpoint.name)
  for (const { collection, id } of unit.documents) check('document', `${collection}${id}`)
}

function check(kind: string, text: string): void {
  if (text.includes('\0'))
    throw new KeelsonError(
      'append_invalid',
      `A ${kind} holds the character NUL, which PostgreSQL cannot keep`,
    )
  if (text.length > maxIndexedBytes / 3 && Buffer.byteLength(text) > maxIndexedBytes)
    throw new KeelsonError(
      'append_invalid',
      `A ${kind} has more than ${maxIndexedBytes} bytes, which PostgreSQL cannot index`,
    )
}
