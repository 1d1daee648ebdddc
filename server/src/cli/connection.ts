/** Where the client commands find the server, and who they are. */
export interface Connection {
  readonly url: string
  readonly apiKey: string | undefined
  /** File that the key was read from; undefined where the environment has it. */
  readonly keyFile?: string
  readonly tenant: string | undefined
}
