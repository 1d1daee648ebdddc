import { runCase } from '../cases/case-process.ts'
import type { FillOptions } from '../cases/fill.ts'
import type { Place } from '../cases/open-store.ts'
import type { ReadCaseOptions } from '../cases/read.ts'
import type { PlannedCase } from '../turns.ts'

const logSize = 1_000_000
/** Each has a hundred events, twenty an append, so that a stream lies in five places. */
const streams = 10_000

/** Fills a store once for all reads. */
export async function fillForReads(name: string, place: Place): Promise<void> {
  console.error(`filling ${name} with ${logSize} events`)
  const options: FillOptions = { ...place, events: logSize, streams, eventsPerAppend: 20 }
  await runCase('cases/fill.ts', options, 900)
}

/** Reads of a log of a million events, each in a process that does nothing else. */
export function readCases(name: string, place: Place): PlannedCase[] {
  const read = (title: string, options: Omit<ReadCaseOptions, keyof Place>): PlannedCase => ({
    name: `${name}, keelson, read ${title}`,
    run: () => runCase('cases/read.ts', { ...place, ...options }),
  })
  return [
    read('10^6 envelopes, parsed', { what: 'envelopes', events: logSize }),
    read('10^6 records', { what: 'records', events: logSize }),
    read('streams of 100, parsed', { what: 'streams', events: 200_000, streams }),
  ]
}
