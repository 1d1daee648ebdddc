import type { JsonObject } from '../../../core/index.ts'
import type { UnitPart } from '../../../store/index.ts'
import type { OutOfReach } from '../copies/out-of-reach.ts'
import type { CopyRequest } from '../port.ts'
import type { RecordKind } from '../record/record-kind.ts'
import type { Removal, RemovalFile } from './removal.ts'

export interface Conclusion {
  readonly record: JsonObject
  readonly part: UnitPart
}

/** What differs between kinds of removals; the runner does what they have in common. */
export interface Procedure<Value extends Removal> {
  /** Collection of its documents. */
  readonly collection: string
  readonly kind: Extract<RecordKind, 'erasure' | 'redaction'>
  /**
   * What it would remove if it began now, with the record that says so; the same record where nothing has changed.
   * Undefined where there is nothing left to remove.
   */
  renew(file: RemovalFile<Value>, approvers: readonly string[]): Promise<Value | undefined>
  /** Ids of the active holds that cover it. */
  holds(file: RemovalFile<Value>): Promise<readonly string[]>
  copyRequest(file: RemovalFile<Value>, signal: AbortSignal): Promise<CopyRequest>
  /** Whether stores of copies are to be asked anew because of what has changed between two looks. */
  hasGrown(before: Value, after: Value): boolean
  /** Milliseconds for which its last look is left to others: the process that has destroyed something knows more. */
  patience?(file: RemovalFile<Value>): number
  /** Told when it is at its end. */
  forget?(id: string): void
  /** What must be gone before the record says so. May be repeated. */
  destroy(file: RemovalFile<Value>, signal: AbortSignal): Promise<void>
  /**
   * The record without its signatures, and what is removed in the same unit of work. Undefined where that is not as it was
   * any more, so that it is to be checked anew; not once anything is destroyed.
   */
  conclude(file: RemovalFile<Value>): Promise<Conclusion | undefined>
  /** Whether a failure of that unit of work says that it can never be carried out. */
  isVain(error: unknown): boolean
  /** Why there is nothing left to remove, without content; `failure` is that of the unit of work, where it came so far. */
  whyVain(file: RemovalFile<Value>, failure?: unknown): Promise<string>
  /** After the record: what came in late. Says how many events. */
  sweep(file: RemovalFile<Value>, signal: AbortSignal): Promise<number>
  /** Copies that were taken away before it was done. */
  outOfReach(file: RemovalFile<Value>): Promise<readonly OutOfReach[]>
  /** What is kept of it once it is completed or withdrawn. */
  settle(value: Value): Value
}
