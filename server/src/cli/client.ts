import type { ReceivedProblem } from './command-words.ts'
import { inCommandWords } from './command-words.ts'
import type { Connection } from './connection.ts'
import { CommandFailure, exitCodeFor, exitCodes } from './exit-code.ts'

export interface CallOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | ReadableStream<Uint8Array>
  readonly signal?: AbortSignal
}

/**
 * Calls the API; an answer that is no success becomes a failure that says what to do.
 *
 * @throws CommandFailure
 */
export async function call(
  connection: Connection,
  path: string,
  options: CallOptions = {},
): Promise<Response> {
  if (connection.apiKey === undefined) {
    throw new CommandFailure(
      'No API key: set KEELSON_API_KEY, or pass --api-key-file FILE. The first start prints one.',
      exitCodes.notAllowed,
    )
  }
  const headers: Record<string, string> = { authorization: `Bearer ${connection.apiKey}`, ...options.headers }
  if (connection.tenant !== undefined) headers['keelson-tenant'] = connection.tenant
  let response: Response
  try {
    response = await fetch(new URL(path, connection.url), {
      method: options.method ?? 'GET',
      headers,
      ...(options.body === undefined ? {} : { body: options.body, duplex: 'half' as const }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new CommandFailure(
      `No answer from ${connection.url}: is the server running? (npm start)`,
      exitCodes.unavailable,
      error,
    )
  }
  if (response.ok) return response
  throw await toFailure(response, connection)
}

async function toFailure(response: Response, connection: Connection): Promise<CommandFailure> {
  const text = await response.text()
  try {
    const problem = inCommandWords(JSON.parse(text) as ReceivedProblem, connection)
    const faults = furtherFaults(problem).map(fault => `\n  ${fault.pointer} ${fault.message}`)
    return new CommandFailure(
      `${problem.detail ?? response.statusText} [${problem.code ?? response.status}]${faults.join('')}\n${problem.remedy ?? ''}`.trimEnd(),
      exitCodeFor(response.status),
    )
  } catch {
    return new CommandFailure(
      `The server answered ${response.status} ${response.statusText}`,
      exitCodeFor(response.status),
    )
  }
}

/** Those that the detail does not tell of: it often is the first of them. */
function furtherFaults({
  detail = '',
  errors = [],
}: ReceivedProblem): NonNullable<ReceivedProblem['errors']> {
  const [first] = errors
  return first !== undefined && detail.includes(first.message) ? errors.slice(1) : errors
}
