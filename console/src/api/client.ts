import { ApiProblem, problemFrom, unreachable } from './problem.ts'

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface Credentials {
  readonly key: string
  readonly tenant: string | null
}

export interface ApiOptions {
  readonly fetch: typeof fetch
  readonly credentials: () => Credentials | null
  readonly onUnauthorized: (problem: ApiProblem) => void
  /** Told of a change: false when a call has found no server, true when one is answered after that. */
  readonly onReach?: (isReached: boolean) => void
}

export interface RequestOptions {
  readonly query?: Query
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  /** Used at sign-in, where the key is not yet the session's and a refusal is for the form to show. */
  readonly credentials?: Credentials
}

export interface SendOptions extends RequestOptions {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
}

export interface Api {
  get<T>(path: string, options?: RequestOptions): Promise<T>
  /** Changes something; undefined where the answer has no body. */
  send<T>(path: string, options: SendOptions): Promise<T>
  /** The answer itself, of whatever form it is. */
  open(path: string, options?: Partial<SendOptions>): Promise<Response>
  /** An answer in plain text. */
  text(path: string, options?: Partial<SendOptions>): Promise<string>
}

export function queryString(query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const one of typeof value === 'object' ? value : [value]) params.append(name, String(one))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

export function createApi({ fetch, credentials, onUnauthorized, onReach }: ApiOptions): Api {
  let isReached = true
  const reach = (now: boolean): void => {
    if (now === isReached) return
    isReached = now
    onReach?.(now)
  }
  const call = async (path: string, options: Partial<SendOptions> = {}): Promise<Response> => {
    const used = options.credentials ?? credentials()
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
    if (used) headers.authorization = `Bearer ${used.key}`
    if (used?.tenant) headers['keelson-tenant'] = used.tenant

    const init: RequestInit = { headers, ...(options.signal ? { signal: options.signal } : {}) }
    if (options.method) init.method = options.method
    if (options.body !== undefined) {
      headers['content-type'] = 'application/json'
      init.body = JSON.stringify(options.body)
    }
    const response = await fetch(path + queryString(options.query), init).catch((cause: unknown) => {
      if (options.signal?.aborted) throw cause
      reach(false)
      throw unreachable(cause)
    })
    reach(true)
    if (response.ok) return response
    const problem = await problemFrom(response)
    if (problem.status === 401 && !options.credentials) onUnauthorized(problem)
    throw problem
  }

  return {
    open: call,
    text: async (path, options) =>
      (await call(path, { headers: { accept: 'text/plain' }, ...options })).text(),
    get: async <T>(path: string, options?: RequestOptions) =>
      read<T>(await call(path, options), path, options),
    async send<T>(path: string, options: SendOptions): Promise<T> {
      const response = await call(path, options)
      return response.status === 204 ? (undefined as T) : read<T>(response, path, options)
    },
  }
}

async function read<T>(response: Response, path: string, options?: RequestOptions): Promise<T> {
  try {
    return (await response.json()) as T
  } catch (cause) {
    if (options?.signal?.aborted) throw cause
    throw new ApiProblem(
      { code: 'bad_answer', title: 'The answer is not JSON', detail: path },
      response.status,
      cause,
    )
  }
}
