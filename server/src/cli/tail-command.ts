import { setTimeout as sleep } from 'node:timers/promises'
import type { EventItem } from '../api/types.ts'
import { call } from './client.ts'
import type { ReceivedProblem } from './command-words.ts'
import { inCommandWords } from './command-words.ts'
import type { Connection } from './connection.ts'
import { CommandFailure, exitCodes } from './exit-code.ts'
import type { FilterFlags } from './query-command.ts'
import { print, toParameters } from './query-command.ts'
import { readSse } from './sse.ts'

const maxDelay = 10_000

/** Follows the log until interrupted; a lost connection is taken up again where it broke. */
export async function tailCommand(
  connection: Connection,
  words: readonly string[],
  flags: FilterFlags & { readonly after?: string; readonly topic?: string; readonly json?: boolean },
): Promise<void> {
  const parameters = toParameters(flags, words)
  if (flags.after !== undefined) parameters.set('after', flags.after)
  if (flags.topic !== undefined) parameters.set('topic', flags.topic)
  if (!flags.json && flags.topic === undefined) parameters.set('view', 'summary')
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  let last: string | undefined
  let delay = 500
  while (!stop.signal.aborted) {
    try {
      const headers = last === undefined ? {} : { 'last-event-id': last }
      const response = await call(connection, `/v1/events/tail?${parameters}`, {
        headers,
        signal: stop.signal,
      })
      for await (const frame of readSse(response.body as ReadableStream<Uint8Array>)) {
        delay = 500
        if (frame.event === 'ready')
          last ??= String((JSON.parse(frame.data) as { position: number }).position)
        if (frame.event === 'error') throwFinal(frame.data, connection)
        if (frame.event !== 'event') continue
        const item = JSON.parse(frame.data) as EventItem
        last = frame.id ?? last
        print(item, flags.json === true || item.audit === undefined)
      }
    } catch (error) {
      if (stop.signal.aborted) return
      // Nothing was ever received, or the server says so: trying again would not mend it.
      const isFinal = error instanceof CommandFailure && error.exitCode !== exitCodes.unavailable
      if (isFinal || last === undefined) throw error
    }
    process.stderr.write(`The connection is lost; trying again in ${delay / 1000} s\n`)
    await sleep(delay, undefined, { signal: stop.signal }).catch(() => undefined)
    delay = Math.min(maxDelay, delay * 2)
  }
}

interface StreamError extends ReceivedProblem {
  readonly retryable?: boolean
}

/** An error that ended the stream: one that a repeat does not mend ends the command too. */
function throwFinal(data: string, connection: Connection): void {
  const problem = JSON.parse(data) as StreamError
  if (problem.retryable !== false) return
  const { code, detail, remedy } = inCommandWords(problem, connection)
  throw new CommandFailure(`${detail ?? 'The server ended the stream'} [${code}]\n${remedy ?? ''}`.trimEnd())
}
