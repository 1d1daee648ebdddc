import { readFileSync } from 'node:fs'

/** Version of the server's package. */
export function serverVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
