import type { Api, Query } from './client.ts'
import { ApiProblem, asProblem } from './problem.ts'
import { createSseParser, type SseFrame } from './sse.ts'

export type FollowStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'waiting'; readonly delay: number; readonly problem: ApiProblem | null }
  | { readonly kind: 'failed'; readonly problem: ApiProblem }

export interface FollowOptions {
  readonly api: Pick<Api, 'open'>
  readonly path: string
  readonly query: Query
  /** Position after which to begin. */
  readonly after: number
  readonly signal: AbortSignal
  readonly onFrame: (frame: SseFrame) => void
  readonly onStatus: (status: FollowStatus) => void
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
  /** A stream silent for longer than this is taken for dead; the server's heartbeat comes every 15 s. */
  readonly silence?: number
}

const LONGEST = 30_000

/** Doubles from the server's wish up to 30 s, less up to a quarter by chance so that tabs do not return in step. */
export function backoff(attempt: number, base: number, random: () => number): number {
  const full = Math.min(LONGEST, base * 2 ** Math.max(0, attempt - 1))
  return Math.round(full * (1 - random() / 4))
}

/** Follows an event stream until the signal aborts, resuming by Last-Event-ID after each break. */
export async function follow(options: FollowOptions): Promise<void> {
  const { signal, onStatus } = options
  let last = String(options.after)
  let retry = 2000
  let attempt = 0

  while (!signal.aborted) {
    if (attempt === 0) onStatus({ kind: 'connecting' })
    let problem: ApiProblem | null = null
    const parser = createSseParser()
    try {
      for await (const frame of frames(options, parser, last, () => onStatus({ kind: 'live' }))) {
        attempt = 0
        if (frame.id !== '') last = frame.id
        options.onFrame(frame)
      }
    } catch (error) {
      if (signal.aborted) return
      problem = asProblem(error)
      if (!problem.transient) return onStatus({ kind: 'failed', problem })
    }
    if (signal.aborted) return
    retry = parser.retry ?? retry
    attempt += 1
    const delay = backoff(attempt, retry, options.random)
    onStatus({ kind: 'waiting', delay, problem })
    await options.sleep(delay, signal).catch(() => undefined)
  }
}

async function* frames(
  options: FollowOptions,
  parser: ReturnType<typeof createSseParser>,
  last: string,
  onOpen: () => void,
): AsyncGenerator<SseFrame> {
  const guard = new AbortController()
  const signal = AbortSignal.any([options.signal, guard.signal])
  const silence = options.silence ?? 45_000
  const wait = () =>
    setTimeout(
      () => guard.abort(new ApiProblem({ code: 'silent', title: 'The stream fell silent' }, 0)),
      silence,
    )
  let timer = wait()
  try {
    const headers = { accept: 'text/event-stream', 'last-event-id': last }
    const response = await options.api.open(options.path, { query: options.query, headers, signal })
    if (!response.body) return
    onOpen()
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = wait()
      yield* parser.push(value)
    }
  } finally {
    clearTimeout(timer)
    guard.abort()
  }
}

export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
