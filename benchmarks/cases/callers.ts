import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Run } from '../report.ts'
import { percentile } from '../report.ts'

export interface Load {
  readonly callers: number
  readonly eventsPerCall: number
  readonly seconds: number
}

/** Before the clock runs: the compiler and the caches are then as they are in a server that has been up for a while. */
const warmUpSeconds = 1
/** How long after the end a call may still take; one that takes longer counts as lost. */
const graceSeconds = 5

/** Keeps so many callers busy, each with one call at a time. A call that fails is counted and not repeated. */
export async function drive(load: Load, call: () => Promise<unknown>): Promise<Run> {
  await during(load.callers, warmUpSeconds, call)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const { latencies, failed, lost, elapsed } = await during(load.callers, load.seconds, call)
  delay.disable()
  return {
    perSecond: (latencies.length * load.eventsPerCall) / elapsed,
    figures: {
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      loopDelayP99Ms: delay.percentile(99) / 1e6,
      failedShare: (failed + lost) / Math.max(1, latencies.length + failed + lost),
    },
  }
}

async function during(callers: number, seconds: number, call: () => Promise<unknown>) {
  const latencies: number[] = []
  let failed = 0
  let away = 0
  const started = performance.now()
  const end = started + seconds * 1000
  const caller = async () => {
    while (performance.now() < end) {
      const from = performance.now()
      away += 1
      try {
        await call()
        latencies.push(performance.now() - from)
      } catch {
        failed += 1
        // A rejection without any I/O must not keep the others from running.
        await sleep(0)
      }
      away -= 1
    }
  }
  const stop = new AbortController()
  await Promise.race([
    Promise.all(Array.from({ length: callers }, caller)),
    sleep((seconds + graceSeconds) * 1000, undefined, { signal: stop.signal }).catch(() => undefined),
  ])
  stop.abort()
  return { latencies: [...latencies], failed, lost: away, elapsed: (performance.now() - started) / 1000 }
}
