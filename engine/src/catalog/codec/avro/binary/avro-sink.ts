import { ByteSink } from '../../wire/byte-sink.ts'
import type { FitMemo } from './find-misfit.ts'

export class AvroSink extends ByteSink {
  /** What is known of the values of this payload; made where a union needs it. */
  #fits: FitMemo | undefined

  fitMemo(): FitMemo {
    this.#fits ??= new Map()
    return this.#fits
  }

  override reset(): void {
    super.reset()
    this.#fits = undefined
  }
}
