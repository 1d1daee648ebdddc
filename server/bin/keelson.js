#!/usr/bin/env node
// In a package the emitted files run; in a checkout the sources do, with the condition that resolves to them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const emitted = new URL('../dist/cli/main.js', import.meta.url)

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `keelson: needs Node 24 or newer, this is ${process.versions.node}; in a checkout, npm scripts and npx use the right one`,
  )
  process.exit(1)
} else if (existsSync(source)) {
  const args = ['--conditions=source', source, ...process.argv.slice(2)]
  if (process.execve) process.execve(process.execPath, [process.execPath, ...args], process.env)
  process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1)
} else {
  await import(emitted.href)
}
