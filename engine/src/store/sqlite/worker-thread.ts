import { Worker } from 'node:worker_threads'

/**
 * Starts a worker of this folder: the source where sources run as they stand, the emitted file in a package.
 * V8's young generation is kept small in workers: what they hold lives for a transaction.
 */
export function startWorker(name: 'writer' | 'reader', workerData: object): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`./${name}.${extension}`, import.meta.url), {
    workerData,
    name: `keelson-sqlite-${name}`,
    resourceLimits: { maxYoungGenerationSizeMb: 3 },
  })
}
