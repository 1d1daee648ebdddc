import { runCase } from '../cases/case-process.ts'
import { onFreshFile } from '../store/sqlite-cases.ts'
import type { BenchOptions, PlannedCase } from '../turns.ts'

export const embeddedNames = {
  publish: 'embedded, publish, 100 callers, 3 subscriptions registered',
  publishHandled: 'embedded, publish while 3 subscriptions handle, 100 callers',
  handle: 'embedded, handle, 3 subscriptions, concurrency 100',
  handleOne: 'embedded, handle, 1 subscription, concurrency 100',
  effects: 'embedded, handle exactly once, 1 subscription, concurrency 100',
  latency: 'embedded, publish to handler, 2,000 events/s',
  latencyThree: 'embedded, publish to 3 handlers, 2,000 events/s',
  idle: 'embedded, 50 subscriptions with nothing to do',
  many: 'embedded, 1,000 subscriptions, 20 events/s to each',
  manyIdle: 'embedded, 1,000 subscriptions with nothing to do',
  calm: 'embedded, a calm tenant alone, 20 events/s',
  flooded: 'embedded, a calm tenant beside a flood of 100 times as much',
  filter: 'filter of ten terms',
} as const

/** Deliveries from a SQLite file, each on a fresh one. */
export function embeddedCases({ folder, seconds }: BenchOptions): PlannedCase[] {
  const onFile = (name: string, script: string, options: object): PlannedCase => ({
    name,
    run: () => onFreshFile(folder, `cases/delivery/${script}.ts`, { seconds, ...options }),
  })
  const callers = { callers: 100, eventsPerCall: 1, subscriptions: 3 }
  const backlog = { events: 20_000, concurrency: 100, hasEffect: false }
  return [
    onFile(embeddedNames.publish, 'publish', { ...callers, isHandled: false }),
    onFile(embeddedNames.publishHandled, 'publish', { ...callers, isHandled: true }),
    onFile(embeddedNames.handle, 'handle', { ...backlog, subscriptions: 3 }),
    onFile(embeddedNames.handleOne, 'handle', { ...backlog, subscriptions: 1 }),
    onFile(embeddedNames.effects, 'handle', { ...backlog, subscriptions: 1, hasEffect: true }),
    onFile(embeddedNames.latency, 'latency', { rate: 2_000, subscriptions: 1 }),
    onFile(embeddedNames.latencyThree, 'latency', { rate: 2_000, subscriptions: 3 }),
    onFile(embeddedNames.calm, 'flood', { rate: 20, flood: 0 }),
    onFile(embeddedNames.flooded, 'flood', { rate: 20, flood: 100 }),
    onFile(embeddedNames.idle, 'idle', { subscriptions: 50 }),
    onFile(embeddedNames.manyIdle, 'idle', { subscriptions: 1_000 }),
    onFile(embeddedNames.many, 'many', { subscriptions: 1_000, rate: 20 }),
    {
      name: embeddedNames.filter,
      run: () => runCase('cases/delivery/filter.ts', { seconds, isMade: false }),
    },
  ]
}
