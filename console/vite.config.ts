import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const vendors = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'mantine', test: /node_modules\/(@mantine\/(core|hooks)|@floating-ui|react-remove-scroll|clsx)\// },
  { name: 'tanstack', test: /node_modules\/@tanstack\// },
]

export default defineConfig({
  plugins: [react()],
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
