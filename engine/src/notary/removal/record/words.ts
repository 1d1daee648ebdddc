import { KeelsonError } from '../../../core/index.ts'
import { canonicalSubject } from '../../../proof/index.ts'

/**
 * A text that is to stand in the log for good.
 *
 * @throws KeelsonError `request_invalid` where it is no text of 1 to `most` characters, or has the subject in it: a record
 * must not keep what it says is erased.
 */
export function checkWords(what: string, text: string, { subject, most = 500 }: WordsOptions = {}): void {
  const isText = typeof text === 'string' && text.trim() !== '' && text.length <= most && text.isWellFormed()
  if (!isText) throw new KeelsonError('request_invalid', `The ${what} is a text of 1 to ${most} characters`)
  if (subject !== undefined && isNamed(text, subject))
    throw new KeelsonError(
      'request_invalid',
      `The ${what} names the subject and would stay in the log: give the number of a ticket`,
    )
}

const isNamed = (text: string, subject: string): boolean =>
  [subject, canonicalSubject(subject)].some(one => text.toLowerCase().includes(one.toLowerCase()))

interface WordsOptions {
  readonly subject?: string
  readonly most?: number
}

const longestSubject = 1024

/** @throws KeelsonError `request_invalid`. */
export function checkSubject(subject: string): void {
  const isText = typeof subject === 'string' && subject !== '' && subject.length <= longestSubject
  if (!isText || !subject.isWellFormed())
    throw new KeelsonError('request_invalid', `A subject is a text of 1 to ${longestSubject} characters`)
}
