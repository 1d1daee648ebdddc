/** Tells waiting readers that the log has grown. */
export class HeadSignal {
  #head = 0
  #waiters = new Map<() => void, number>()
  #closed = false

  get head(): number {
    return this.#head
  }

  get closed(): boolean {
    return this.#closed
  }

  advance(head: number): void {
    if (head <= this.#head) return
    this.#head = head
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }

  /** Resolves when the head is beyond `position`, after `milliseconds`, on abort, or on close: whichever is first. */
  wait(position: number, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#head > position || this.#closed || signal?.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        this.#waiters.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      timer.unref()
      this.#waiters.set(done, position)
      signal?.addEventListener('abort', done, { once: true })
    })
  }

  #wake(): void {
    for (const [wake, position] of [...this.#waiters]) {
      if (this.#head > position || this.#closed) wake()
    }
  }
}
