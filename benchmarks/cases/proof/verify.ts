import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { caseOptions, giveRun } from '../case-process.ts'

/** `keelson verify` of a bundle, as a process of its own: how long it takes, and its memory. */
const { bundle, events } = caseOptions<{ bundle: string; events: number }>()
const command = fileURLToPath(new URL('../../../server/bin/keelson.js', import.meta.url))
const started = performance.now()
const child = spawn(process.execPath, ['--conditions=source', command, 'verify', bundle, '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
let output = ''
child.stdout.setEncoding('utf8').on('data', text => {
  output += text
})
let peakRssMb = 0
// The process's own high-water mark, as Linux keeps it.
const watch = setInterval(() => {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    peakRssMb = Math.max(peakRssMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
  } catch {
    // It has ended.
  }
}, 100)
const code = await new Promise(resolve => child.once('close', resolve))
const seconds = (performance.now() - started) / 1000
if (code !== 0) throw new Error(`The bundle is not verified: ${output.slice(0, 500)}`)
clearInterval(watch)
giveRun({ perSecond: events / seconds, figures: { seconds, peakRssMb } })
