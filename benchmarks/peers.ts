import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** Installs the peers at the first run; their native parts may be compiled, which takes a minute. */
export function installPeers(): void {
  if (existsSync(`${folder}node_modules/@event-driven-io/emmett-sqlite`)) return
  console.error('Installing the peers (once) …')
  const { status } = spawnSync('npm', ['install', '--no-package-lock', '--no-workspaces'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('The peers could not be installed; see above')
}

export function peerVersion(name: string): string {
  return (
    JSON.parse(readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8')) as { version: string }
  ).version
}
