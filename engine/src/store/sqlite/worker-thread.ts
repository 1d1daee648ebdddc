import { Worker } from 'node:worker_threads'

/**
 * V8's young generation of each worker. What the writer holds lives for a transaction; a page of events that the reader
 * puts together must fit, or reading spends a quarter of its time collecting.
 */
const youngGenerationMb = { writer: 3, reader: 24 } as const

/** Starts a worker of this folder: the source where sources run as they stand, the emitted file in a package. */
export function startWorker(name: 'writer' | 'reader', workerData: object): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`./${name}.${extension}`, import.meta.url), {
    workerData,
    name: `keelson-sqlite-${name}`,
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb[name] },
  })
}
