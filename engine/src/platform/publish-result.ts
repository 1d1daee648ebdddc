import type { KeelsonError } from '../core/index.ts'
import type { Receipt } from '../store/index.ts'

/** What became of one event among several. */
export type PublishResult =
  | { readonly ok: true; readonly duplicate: boolean; readonly receipt: Receipt }
  | { readonly ok: false; readonly error: KeelsonError }
