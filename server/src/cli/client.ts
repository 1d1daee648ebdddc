import { CommandFailure, exitCodeFor, exitCodes } from './exit-code.ts'

/** Where the client commands find the server, and who they are. */
export interface Connection {
  readonly url: string
  readonly apiKey: string | undefined
  readonly tenant: string | undefined
}

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
  throw await toFailure(response)
}

async function toFailure(response: Response): Promise<CommandFailure> {
  const text = await response.text()
  try {
    const problem = JSON.parse(text) as {
      code?: string
      detail?: string
      remedy?: string
      errors?: { pointer: string; message: string }[]
    }
    const faults = (problem.errors ?? []).map(fault => `\n  ${fault.pointer} ${fault.message}`).join('')
    return new CommandFailure(
      `${problem.detail ?? response.statusText} [${problem.code ?? response.status}]${faults}\n${problem.remedy ?? ''}`.trimEnd(),
      exitCodeFor(response.status),
    )
  } catch {
    return new CommandFailure(
      `The server answered ${response.status} ${response.statusText}`,
      exitCodeFor(response.status),
    )
  }
}
