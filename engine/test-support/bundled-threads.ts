import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'
import { build } from 'vite'

const store = join(import.meta.dirname, '../src/store/sqlite')
const variable = 'KEELSON_TEST_THREADS'

/**
 * Gives the stores that tests open the threads of the SQLite store as one file each, made of the sources at every start
 * of the tests. Tests open many hundred stores, and a thread that loads a hundred modules one by one takes twice the
 * processor time. Processes that tests start run the sources as they stand.
 */
export function bundledThreads(folder: string): Plugin {
  let made: Promise<void> | undefined
  return {
    name: 'keelson-bundled-threads',
    enforce: 'pre',
    async configResolved(config) {
      // Who watches changes the sources meanwhile.
      if (config.test?.watch) return
      made ??= bundleAll(folder)
      await made
      process.env[variable] = pathToFileURL(join(folder, 'threads.js')).href
    },
    transform(code, id) {
      if (id !== join(store, 'worker-thread.ts')) return undefined
      if (!code.includes('import.meta.url')) throw new Error(`${id} does not say where its threads are`)
      return {
        code: code.replaceAll('import.meta.url', `(process.env.${variable} ?? import.meta.url)`),
        map: null,
      }
    },
  }
}

async function bundleAll(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await put(folder, 'package.json', '{ "type": "module" }')
  for (const name of ['writer', 'reader']) await put(folder, `${name}.js`, await bundle(name))
}

async function bundle(name: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [originalPlaces()],
    resolve: { conditions: ['source'] },
    ssr: { resolve: { conditions: ['source'] } },
    build: { ssr: join(store, `${name}.ts`), write: false, minify: false, target: 'esnext' },
  })
  const [chunk, ...more] = 'output' in built ? built.output : []
  if (chunk === undefined || more.length > 0) throw new Error(`${name} is not one file`)
  return chunk.code
}

/** Writes a file whole or not at all: other tests may be reading it. */
async function put(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, `${name}-${process.pid}`)
  await writeFile(path, text)
  await rename(path, join(folder, name))
}

/** Files that a module finds from where it stands are still found. */
const originalPlaces = (): Plugin => ({
  name: 'keelson-original-places',
  transform: (code, id) =>
    code.includes('import.meta.url')
      ? { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)), map: null }
      : undefined,
})
