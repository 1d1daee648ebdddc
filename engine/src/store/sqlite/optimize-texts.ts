import type { DatabaseSync } from 'node:sqlite'

/**
 * Merges every full text index of read models into one: those that keep no text hold the words of deleted rows until
 * then.
 */
export function optimizeTexts(database: DatabaseSync): void {
  const tables = database
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'",
    )
    .all() as { name: string }[]
  for (const { name } of tables) {
    const quoted = `"${name.replaceAll('"', '""')}"`
    database.exec(`INSERT INTO ${quoted} (${quoted}) VALUES ('optimize')`)
  }
}
