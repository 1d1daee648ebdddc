import type { RegistryChange } from './port.ts'

/** What a decision comes to: the changes that are to be recorded, and what the caller is told. */
export interface Decision<Answer> {
  readonly changes: readonly RegistryChange[]
  readonly answer: Answer
}
