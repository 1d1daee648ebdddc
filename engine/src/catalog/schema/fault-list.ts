import type { FieldFault } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { schemaLimits } from './limits.ts'

/** Collects the faults of a schema, so that all are reported at once. */
export class FaultList {
  readonly #faults: FieldFault[] = []

  add(pointer: string, message: string, hint?: string): void {
    if (this.isFull) return
    this.#faults.push({ pointer, message, ...(hint === undefined ? {} : { hint }) })
  }

  /** Whether no more are kept. */
  get isFull(): boolean {
    return this.#faults.length >= schemaLimits.faults
  }

  get isEmpty(): boolean {
    return this.#faults.length === 0
  }

  /** @throws KeelsonError `schema_invalid` where there is a fault. */
  throwAny(): void {
    const [first] = this.#faults
    if (!first) return
    const place = first.pointer === '' ? 'the schema' : first.pointer
    const more = this.#faults.length > 1 ? `, and ${this.#faults.length - 1} more` : ''
    throw new KeelsonError('schema_invalid', `${place} ${first.message}${more}`, { faults: this.#faults })
  }
}

/** A member's name as a part of a JSON Pointer (RFC 6901). */
export const pointerPart = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
