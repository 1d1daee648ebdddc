import type { RemovalContext } from '../removal-context.ts'
import { tryCommit } from '../tenant-documents.ts'
import { lease } from './backoff.ts'
import type { Removal, RemovalFile } from './removal.ts'
import { fileChange } from './removal.ts'

/** A removal that a process works on; it knows what is stored of it while its lease is renewed. */
export class Holding<Value extends Removal> {
  readonly #context: Pick<RemovalContext, 'store' | 'clock'>
  #file: RemovalFile<Value>

  constructor(context: Pick<RemovalContext, 'store' | 'clock'>, file: RemovalFile<Value>) {
    this.#context = context
    this.#file = file
  }

  get file(): RemovalFile<Value> {
    return this.#file
  }

  /** Keeps its next state; says whether it could: somebody else may have been faster. `due` as in `fileChange`. */
  async put(value: Value, due: number | undefined): Promise<boolean> {
    const { tenantId, revision } = this.#file
    const documents = [fileChange(this.#file, value, due)]
    if ((await tryCommit(this.#context.store, { scope: { tenantId }, documents })) === undefined) return false
    this.#file = { ...this.#file, value, due, revision: revision + 1 }
    return true
  }

  /**
   * Runs what may take longer than the lease, which is renewed all the while: so others leave the removal alone as long as
   * this process lives and reaches the store.
   */
  async during<T>(run: () => Promise<T>): Promise<T> {
    let renewal: Promise<boolean> | undefined
    const timer = setInterval(() => {
      renewal ??= this.#renew().finally(() => {
        renewal = undefined
      })
    }, lease / 3)
    timer.unref()
    try {
      return await run()
    } finally {
      clearInterval(timer)
      await renewal
    }
  }

  /** A renewal that fails is tried again with the next one; somebody else's state is left to the end of the step. */
  #renew(): Promise<boolean> {
    return this.put(this.#file.value, this.#context.clock.now() + lease).catch(() => false)
  }
}
