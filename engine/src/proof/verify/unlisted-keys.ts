import { verifierKeyText } from '../note/note-key.ts'
import type { Note } from '../note/signed-note.ts'
import { isSignedBy } from '../note/signed-note.ts'
import { parseBodyLine } from './body-line.ts'
import { bodyOf } from './content-check.ts'
import type { Findings } from './failure.ts'
import { parseRecord } from './log-record.ts'
import type { LogKeyChange, RecordBook } from './record-book.ts'
import type { BundleSource } from './source.ts'
import { linesOf } from './source.ts'

export interface UnlistedOptions {
  readonly source: BundleSource
  readonly findings: Findings
  readonly book: RecordBook
  /** Whether there is a file with the records outside of a range. */
  readonly hasOuter: boolean
  /** Notes that no key of the policy has signed, by their file. */
  readonly unsigned: ReadonlyMap<string, Note>
}

const longestLine = 2 ** 20

/**
 * Says of notes that are not signed by a key of the policy which record of the log names the key that has signed them, where
 * one does: the policy may be from before the log got that key. It is for whoever verifies to believe that.
 */
export async function explainUnlisted(options: UnlistedOptions): Promise<void> {
  const { findings, book, unsigned } = options
  if (unsigned.size === 0) return
  const changes = [...book.logKeys, ...(await outerChanges(options))]
  for (const [file, note] of unsigned) {
    const change = changes.find(({ key }) => isSignedBy(note, key))
    if (change === undefined) continue
    const { key, at } = change
    const message = `It is signed by ${verifierKeyText(key)}, which the policy does not have: the policy is from before entry ${at}, which says that the log got this key`
    findings.replace('signature_invalid', file, { code: 'key_unlisted', message })
  }
}

/** As they stand in the file: without a key of the policy nothing proves that they are the log's. */
async function outerChanges({ source, hasOuter }: UnlistedOptions): Promise<readonly LogKeyChange[]> {
  if (!hasOuter) return []
  const found: LogKeyChange[] = []
  for await (const { text, fault } of linesOf(source, 'records.ndjson', longestLine)) {
    const line = fault === undefined ? parseBodyLine(text) : undefined
    const record = line?.body === undefined ? undefined : parseRecord('key', bodyOf(line.body)?.['payload'])
    if (line !== undefined && record?.kind === 'key' && record.role === 'log' && record.action === 'register')
      found.push({ at: line.n, key: record.key })
  }
  return found
}
