import { isBuiltin } from 'node:module'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defaultClientConditions, defineConfig } from 'vite'

const vendors = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'mantine', test: /node_modules\/(@mantine\/(core|hooks)|@floating-ui|react-remove-scroll|clsx)\// },
  { name: 'tanstack', test: /node_modules\/@tanstack\// },
]

const standIn = '\0node-stand-in:'

/**
 * Stands in for the modules of Node that engine files import beside what verifies proofs. None of it is called here: a
 * build shakes it off, and the development server, which loads whole files, finds the names that it asks for.
 */
function nodeStandIn(): Plugin {
  return {
    name: 'node-stand-in',
    enforce: 'pre',
    resolveId: (id, importer) =>
      isBuiltin(id) && importer?.includes('/engine/src/') ? standIn + id : undefined,
    async load(id) {
      if (!id.startsWith(standIn)) return undefined
      const names = Object.keys(await import(id.slice(standIn.length))).filter(name => name !== 'default')
      return `function absent() {}\n${names.map(name => `export { absent as ${name} }`).join('\n')}\n`
    },
  }
}

export default defineConfig({
  plugins: [nodeStandIn(), react()],
  // What verifies proofs is the engine's own code, from its sources.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy has no data: for scripts or styles, so nothing may be inlined.
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: vendors } } },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:4680' } },
})
