import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleOf, mapSource, signFiles, textOf } from '../fixtures/bundle.ts'
import { sampleLog } from '../fixtures/sample-log.ts'
import type { verifyBundle } from './verify-bundle.ts'

/** Bundles what a page would import, as a browser gets it. */
async function forBrowsers(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['source', 'browser'] },
    build: {
      write: false,
      minify: true,
      lib: { entry: join(import.meta.dirname, 'fixtures/page.ts'), formats: ['iife'], name: 'page' },
    },
  })
  const [result] = [built].flat()
  const [chunk] = result !== undefined && 'output' in result ? result.output : []
  return chunk !== undefined && 'code' in chunk ? chunk.code : ''
}

describe('the verifier in a browser', () => {
  let code = ''
  let verify: typeof verifyBundle
  beforeAll(async () => {
    code = await forBrowsers()
    // What a page has and a language has not; nothing of Node.
    const context = createContext({ TextEncoder, TextDecoder, atob, btoa, Uint8Array })
    runInContext(code, context)
    verify = runInContext('page.verifyBundle', context)
  })

  it('is free of Node, and small', () => {
    expect(code).not.toMatch(/["'`]node:|\brequire\(|\bprocess\.|\bBuffer\./)
    expect(code.length).toBeLessThan(250_000)
    expect(code.length).toBeGreaterThan(30_000)
  })

  it('comes to the same verdicts', async () => {
    const files = bundleOf(sampleLog(), { before: 100, proofs: [61] })
    expect(await verify(mapSource(files))).toMatchObject({
      isVerified: true,
      counts: { leaves: 300, proofs: 1 },
    })
    const edited = textOf(files, 'leaves.ndjson').replace('"id":"evt-70"', '"id":"evt-71"')
    const { failures } = await verify(
      mapSource(signFiles(new Map(files).set('leaves.ndjson', Buffer.from(edited)))),
    )
    expect(failures.map(({ code }) => code)).toEqual(['chain_broken', 'root_mismatch', 'leaf_edited', 'fork'])
  })
})
