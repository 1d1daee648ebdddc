import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const read = (path: string) => JSON.parse(readFileSync(folder + path, 'utf8')) as Manifest

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** Installs the peers at the first run; their native parts may be compiled, which takes a minute. */
export function installPeers(): void {
  const peers = Object.entries(read('package.json').dependencies)
  if (peers.every(([name, version]) => peerVersion(name) === version)) return
  console.error('Installing the peers (once) …')
  const { status } = spawnSync('npm', ['install', '--no-package-lock', '--no-workspaces'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('The peers could not be installed; see above')
}

/** The version that is installed. */
export function peerVersion(name: string): string | undefined {
  const path = `node_modules/${name}/package.json`
  return existsSync(folder + path) ? read(path).version : undefined
}

/** For the report. */
export const peerVersions = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map(name => [name, peerVersion(name) ?? 'not installed']))
