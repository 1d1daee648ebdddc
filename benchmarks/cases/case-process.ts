import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Run } from '../report.ts'

/**
 * Runs a case in a process of its own, so that none pays for the heap and the compiler of the one before. The script
 * gets its options as JSON and gives its `Run` as the last line of its output.
 */
export async function runCase(script: string, options: object, timeoutSeconds = 120): Promise<Run> {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=source', script, JSON.stringify(options)], {
    // Where a peer looks for a package.json, and what makes it log no more than it must.
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: timeoutSeconds * 1000,
    killSignal: 'SIGKILL',
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).finally(() => process.off('exit', kill))
  if (code !== 0)
    throw new Error(`${script} ended with ${code ?? `no answer in ${timeoutSeconds} s`}: ${output}`)
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Run
}

/** In the case's process: the options that it was started with. */
export const caseOptions = <Options>(): Options => JSON.parse(process.argv[2] ?? '{}') as Options

/** In the case's process: gives the run and ends, also where something still waits. */
export function giveRun(run: Run): void {
  process.stdout.write(`\n${JSON.stringify(run)}\n`, () => process.exit(0))
}
