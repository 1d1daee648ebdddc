import type { Api, Query } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import type { BundleTarget } from './bundle-target.ts'

/** Bytes of zeros that a tar ends with. */
const tarEnd = 1_024
/** Bytes between two tellings of how far it is. */
const telling = 200_000

export interface FetchBundleOptions {
  readonly query: Query
  readonly onProgress: (bytes: number) => void
  readonly signal: AbortSignal
}

/**
 * Fetches a bundle into a target, part by part.
 * @throws ApiProblem, also where it broke off; nothing stays of it then.
 */
export async function fetchBundle(
  api: Api,
  target: BundleTarget,
  { query, onProgress, signal }: FetchBundleOptions,
): Promise<void> {
  try {
    const response = await api.open('/v1/log/bundle', {
      query,
      headers: { accept: 'application/x-tar' },
      signal,
    })
    await pour(response.body as ReadableStream<Uint8Array<ArrayBuffer>>, target, onProgress)
  } catch (error) {
    await target.discard().catch(() => undefined)
    throw error
  }
  await target.finish()
}

/** What breaks off ends without an error where the connection is plain, so the end is looked at. */
export async function pour(
  parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
  target: BundleTarget,
  onProgress: (bytes: number) => void,
): Promise<void> {
  let end = new Uint8Array()
  let bytes = 0
  let told = 0
  for await (const part of parts) {
    await target.write(part)
    bytes += part.length
    end = joined(end, part).slice(-tarEnd)
    if (bytes - told < telling) continue
    told = bytes
    onProgress(bytes)
  }
  if (end.length === tarEnd && end.every(byte => byte === 0)) return
  throw new ApiProblem(
    {
      code: 'bundle_broken_off',
      title: 'The bundle broke off',
      detail: 'It has not arrived whole: try again.',
    },
    0,
  )
}

function joined(before: Uint8Array, part: Uint8Array): Uint8Array<ArrayBuffer> {
  const tail = part.subarray(-tarEnd)
  const both = new Uint8Array(before.length + tail.length)
  both.set(before)
  both.set(tail, before.length)
  return both
}
