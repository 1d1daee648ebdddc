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
}

export interface RequestOptions {
  readonly query?: Query
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  /** Used at sign-in, where the key is not yet the session's and a refusal is for the form to show. */
  readonly credentials?: Credentials
}

export interface Api {
  get<T>(path: string, options?: RequestOptions): Promise<T>
  open(path: string, options?: RequestOptions): Promise<Response>
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

export function createApi({ fetch, credentials, onUnauthorized }: ApiOptions): Api {
  const open = async (path: string, options: RequestOptions = {}): Promise<Response> => {
    const used = options.credentials ?? credentials()
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
    if (used) headers.authorization = `Bearer ${used.key}`
    if (used?.tenant) headers['keelson-tenant'] = used.tenant

    const init: RequestInit = { headers, ...(options.signal ? { signal: options.signal } : {}) }
    const response = await fetch(path + queryString(options.query), init).catch((cause: unknown) => {
      throw options.signal?.aborted ? cause : unreachable(cause)
    })
    if (response.ok) return response
    const problem = await problemFrom(response)
    if (problem.status === 401 && !options.credentials) onUnauthorized(problem)
    throw problem
  }

  return {
    open,
    async get<T>(path: string, options?: RequestOptions): Promise<T> {
      const response = await open(path, options)
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
    },
  }
}
