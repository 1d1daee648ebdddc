import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The numbered files of `schema/`, in order. */
export function loadMigrations(): string[] {
  const folder = fileURLToPath(new URL('../schema/', import.meta.url))
  const files = readdirSync(folder)
    .filter(name => /^\d{3}-.*\.sql$/.test(name))
    .sort()
  return files.map(name => readFileSync(folder + name, 'utf8'))
}

/** Number of the newest schema that this version knows. */
export function newestSchema(): number {
  return loadMigrations().length
}
