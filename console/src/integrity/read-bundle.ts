import type { Api, Query } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'

/** Bytes of zeros that a tar ends with. */
const tarEnd = 1_024

/**
 * The bundle whole. What breaks off ends without an error where the connection is plain, so its end is looked at.
 * @throws ApiProblem.
 */
export async function readBundle(api: Api, query: Query, onProgress: (bytes: number) => void): Promise<Blob> {
  const response = await api.open('/v1/log/bundle', { query, headers: { accept: 'application/x-tar' } })
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  let told = 0
  for await (const part of response.body as ReadableStream<Uint8Array<ArrayBuffer>>) {
    parts.push(part)
    bytes += part.length
    if (bytes - told < 200_000) continue
    told = bytes
    onProgress(bytes)
  }
  const blob = new Blob(parts, { type: 'application/x-tar' })
  const end = new Uint8Array(await blob.slice(-tarEnd).arrayBuffer())
  if (end.length === tarEnd && end.every(byte => byte === 0)) return blob
  throw new ApiProblem(
    {
      code: 'bundle_broken_off',
      title: 'The bundle broke off',
      detail: 'It has not arrived whole: try again.',
    },
    0,
  )
}
