#!/usr/bin/env node
// In a package the emitted files run. In a checkout the sources do: with the condition that resolves to them, and
// with a cache of their stripped and compiled form, without which every thread would load the type stripper.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = path => fileURLToPath(new URL(path, import.meta.url))
const source = here('../src/cli/main.ts')
const isCheckout = existsSync(source)

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `keelson: needs Node 24 or newer, this is ${process.versions.node}; npm scripts and npx of a checkout use the right one`,
  )
  process.exit(1)
} else if (!isCheckout && process.argv[2] !== 'start') {
  await import('../dist/cli/main.js')
} else {
  // Small generations and few malloc arenas: two thirds of the memory under load, for about a quarter more processor time.
  const flags = [
    '--max-semi-space-size=4',
    '--heap-growing-percent=20',
    // V8's registry of protected code pages loses one now and then where threads share it, and ends the process.
    '--no-memory-protection-keys',
    ...(isCheckout ? ['--conditions=source'] : []),
  ]
  const args = [...flags, isCheckout ? source : here('../dist/cli/main.js'), ...process.argv.slice(2)]
  const env = {
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
    ...(isCheckout ? { NODE_COMPILE_CACHE: here('../../node_modules/.cache/keelson') } : {}),
    ...process.env,
  }
  if (process.execve && process.platform !== 'win32')
    process.execve(process.execPath, [process.execPath, ...args], env)
  process.exit(spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1)
}
