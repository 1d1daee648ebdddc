export interface ProblemBody {
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly code?: string
  /** What to do about it, in the server's words. */
  readonly remedy?: string
  readonly retryable?: boolean
  /** Place in a text that cannot be read, from 1. */
  readonly line?: number
  readonly column?: number
  /** How to mend it. */
  readonly hint?: string
  /** Names that are like the one that is not there. */
  readonly nearest?: readonly string[]
  readonly errors?: readonly { readonly pointer: string; readonly message: string; readonly hint?: string }[]
}

/** A failed call. `code` is the server's stable word, or one of ours when no answer came. */
export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly remedy: string | undefined
  /** Whether the same call may succeed later without a change. */
  readonly transient: boolean
  readonly errors: NonNullable<ProblemBody['errors']>
  readonly nearest: readonly string[]

  constructor(body: ProblemBody, status: number, cause?: unknown) {
    super(body.detail ?? body.title ?? `HTTP ${status}`, { cause })
    this.name = 'ApiProblem'
    this.code = body.code ?? `http_${status}`
    this.status = status
    this.title = body.title ?? 'The request failed'
    this.remedy = remedyOf(body)
    this.transient = body.retryable ?? (status === 0 || status === 429 || status >= 500)
    this.errors = body.errors ?? []
    this.nearest = body.nearest ?? []
  }
}

/** Members of the answer that a remedy may send its reader to. */
const NAMED = ['line', 'column', 'hint', 'faults'] as const

/** The parts of the remedy whose values came with it and are shown; a part without them leads nowhere. */
function remedyOf({ remedy, errors, ...rest }: ProblemBody): string | undefined {
  const has = { ...rest, faults: errors && errors.length > 0 ? errors : undefined }
  const parts = remedy?.split('; ') ?? []
  const kept = parts.filter(part =>
    NAMED.every(name => !part.includes(`\`${name}\``) || has[name] !== undefined),
  )
  if (kept.length === parts.length) return remedy
  return kept.length === 0 ? undefined : `${kept.join('; ').replace(/\.$/, '')}.`
}

export function unreachable(cause: unknown): ApiProblem {
  return new ApiProblem(
    { code: 'unreachable', title: 'The server cannot be reached', detail: 'No answer came. Is it running?' },
    0,
    cause,
  )
}

/** Reads a failed response; anything that is not problem+json still becomes a useful message. */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  const type = response.headers.get('content-type') ?? ''
  if (!type.includes('json'))
    return new ApiProblem({ title: `The server answered ${response.status}` }, response.status)
  try {
    return new ApiProblem((await response.json()) as ProblemBody, response.status)
  } catch (cause) {
    return new ApiProblem({ title: `The server answered ${response.status}` }, response.status, cause)
  }
}

export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ApiProblem(
    { code: 'console_error', title: 'Something went wrong here', detail: message },
    0,
    error,
  )
}
