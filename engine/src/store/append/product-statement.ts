import { KeelsonError } from '../../core/index.ts'

/** What stands before the first word: space, semicolons, brackets and comments. */
const before = /^(?:[\s;(]+|--[^\r\n]*(?:\r?\n|$)|\/\*[\s\S]*?\*\/)+/

/** First words of statements that end or change a transaction, or what outlives it in a session. */
const session = new Set(
  (
    'ABORT ATTACH BEGIN COMMIT COPY DEALLOCATE DECLARE DETACH DISCARD END EXECUTE LISTEN LOAD PREPARE RELEASE ' +
    'RESET ROLLBACK SAVEPOINT SET START UNLISTEN VACUUM'
  ).split(' '),
)

/**
 * For a statement that a product gives the store, which runs it in a transaction and on a connection of its own. A
 * query may ask SQLite for a `PRAGMA`.
 *
 * @throws KeelsonError `append_invalid` or `read_invalid` where it controls transactions or sessions.
 */
export function checkProductStatement(sql: string, code: 'append_invalid' | 'read_invalid'): void {
  const start = before.exec(sql)?.[0] ?? ''
  // The databases do not agree on where such a comment ends.
  if (/\/\*(?:(?!\*\/)[\s\S])*\/\*/.test(start))
    throw new KeelsonError(code, 'A statement begins with a comment inside a comment')
  const rest = sql.slice(start.length)
  const word = /^[a-z]+/i.exec(rest)?.[0].toUpperCase()
  if (word === undefined && rest !== '')
    throw new KeelsonError(code, 'A statement begins with no word that could be looked at')
  if (word !== undefined && (session.has(word) || (word === 'PRAGMA' && code === 'append_invalid')))
    throw new KeelsonError(code, `A statement begins with ${word}: transactions and sessions are the store's`)
}
