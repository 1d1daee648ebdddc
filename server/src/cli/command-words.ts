import type { Connection } from './connection.ts'

/** What the command line reads of a problem that the server answers with. */
export interface ReceivedProblem {
  readonly code?: string
  readonly detail?: string
  readonly remedy?: string
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
}

type Words = Pick<ReceivedProblem, 'detail' | 'remedy'>

/** The server speaks of headers and paths, which whoever gives a command never sees: the same by flags and settings. */
const wordsByCode: Readonly<Record<string, (problem: ReceivedProblem, connection: Connection) => Words>> = {
  tenant_required: () => ({
    remedy: 'Name it with --tenant ID or KEELSON_TENANT, or use a key of the tenant.',
  }),
  tenant_unknown: () => ({
    remedy: 'Correct --tenant or KEELSON_TENANT; where the store is, "keelson tenants list" shows them.',
  }),
  tenant_mismatch: ({ detail = '' }, { tenant }) =>
    // An event can name another tenant too.
    detail.includes('Keelson-Tenant')
      ? {
          detail: `The key is not one of the tenant "${tenant}" that --tenant or KEELSON_TENANT names`,
          remedy: 'Leave the tenant out, or use a key of it.',
        }
      : {},
  approval_invalid: ({ detail = '' }) =>
    detail.includes('signed by one of')
      ? {
          remedy:
            'Pass --sign-with FILE, the private key of an approver who agrees; "keelson approvers list" names them.',
        }
      : {},
  request_invalid: () => ({ remedy: 'Correct what is named here.' }),
  // What is not there is named; its remedy is one for whoever has written a path.
  not_found: () => ({ remedy: '' }),
  authentication_required: wrongKey,
  authentication_failed: wrongKey,
}

function wrongKey(_: ReceivedProblem, { keyFile }: Connection): Words {
  const place = keyFile === undefined ? 'KEELSON_API_KEY' : `the file ${keyFile} (--api-key-file)`
  return {
    detail: `The server refuses the API key in ${place}`,
    remedy: 'Check the key, or ask an administrator for a new one.',
  }
}

/** A path that the server names, as the command that asks for it. */
export const withCommands = (text: string): string =>
  text.replaceAll('GET /v1/catalog lists', '"keelson catalog list --live" shows')

/** A problem in the words of the command line. */
export function inCommandWords(problem: ReceivedProblem, connection: Connection): ReceivedProblem {
  const { code, detail } = problem
  const words = code !== undefined && Object.hasOwn(wordsByCode, code) ? wordsByCode[code] : undefined
  return {
    ...problem,
    ...(detail === undefined ? {} : { detail: withCommands(detail) }),
    ...words?.(problem, connection),
  }
}
