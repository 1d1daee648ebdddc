import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { bundledThreads } from './engine/test-support/bundled-threads.ts'

// Stores start threads, and many tests open stores: each thread would strip and compile the same files again.
const cache = fileURLToPath(new URL('./node_modules/.cache/keelson', import.meta.url))
process.env['NODE_COMPILE_CACHE'] ??= cache

export default defineConfig({
  plugins: [bundledThreads(`${cache}/threads`)],
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    include: [
      '{engine,contexts,server,console}/src/**/*.test.ts',
      'engine/test-support/**/*.test.ts',
      'test/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    // Processes and not threads: with many threads coming and going in one process V8 has lost track of its code pages.
    pool: 'forks',
    execArgv: ['--no-memory-protection-keys'],
    isolate: false,
    maxWorkers: 2,
    // All of them ample: they end what hangs, and a machine that tests is busy.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
