import type { Receipt } from 'keelson'

export type ToWorker =
  | { readonly kind: 'load'; readonly callers: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'close' }
  | { readonly kind: 'contend'; readonly round: number; readonly by: 'version' | 'query' }

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stored'; readonly receipts: readonly Receipt[] }
  /** Another process was first. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'contended'
      readonly round: number
      readonly won: readonly Receipt[]
      readonly refused: readonly string[]
    }
