import type { Run } from '../../report.ts'

const chunk = 512

/** Calls for `seconds` after a second of warming up; the call gets a running number. One core, no waiting. */
export function repeat(seconds: number, call: (at: number) => void): Run {
  during(1, call)
  const { calls, elapsed } = during(seconds, call)
  return { perSecond: calls / elapsed }
}

function during(seconds: number, call: (at: number) => void): { calls: number; elapsed: number } {
  const started = performance.now()
  const end = started + seconds * 1000
  let calls = 0
  while (performance.now() < end) {
    for (let step = 0; step < chunk; step += 1) call(calls + step)
    calls += chunk
  }
  return { calls, elapsed: (performance.now() - started) / 1000 }
}
