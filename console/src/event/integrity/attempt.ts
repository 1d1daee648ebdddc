/** What was read, or why it could not be. */
export type Attempt<Value> = { readonly value: Value } | { readonly fault: string }

export function attempt<Value>(read: () => Value): Attempt<Value> {
  try {
    return { value: read() }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}
