import { maxDepth } from '../codec.ts'
import { misfit, pointerStep } from '../fault.ts'
import type { ShapeMemo } from '../shape/fits-shape.ts'
import { ByteSink } from '../wire/byte-sink.ts'

/** Keeps in mind where it writes, so that a fault can be named. */
export class ProtoSink extends ByteSink {
  readonly steps: (string | number)[] = []
  fits: ShapeMemo = new Map()

  override reset(): void {
    super.reset()
    this.fits = new Map()
  }

  enter(): void {
    this.depth += 1
    if (this.depth > maxDepth) throw this.refuse('is nested too deep')
  }

  override refuse(message: string): Error {
    return misfit(this.steps.slice(0, this.depth).map(pointerStep).join(''), message)
  }
}
