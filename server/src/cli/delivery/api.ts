import { call } from '../client.ts'
import type { Connection } from '../connection.ts'

/** What the API answers to a GET. @throws CommandFailure */
export async function get<Answer>(
  connection: Connection,
  path: string,
  parameters = new URLSearchParams(),
): Promise<Answer> {
  const query = parameters.size === 0 ? '' : `?${parameters}`
  return (await (await call(connection, path + query)).json()) as Answer
}

export interface SendOptions {
  readonly method?: 'POST' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
}

/** What it answers to a body. @throws CommandFailure */
export async function send<Answer>(
  connection: Connection,
  path: string,
  body: object,
  { method = 'POST', headers = {} }: SendOptions = {},
): Promise<Answer> {
  const answer = await call(connection, path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return (await answer.json()) as Answer
}

export const segment = (name: string): string => encodeURIComponent(name)
