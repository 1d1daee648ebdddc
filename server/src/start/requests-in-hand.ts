import type { RequestListener, Server } from 'node:http'

/** Counts the requests that are being answered, so that a stop can wait for them and for nothing else. */
export class RequestsInHand {
  #count = 0
  #waiting: (() => void)[] = []

  constructor(server: Pick<Server, 'on'>) {
    const take: RequestListener = (_, response) => {
      this.#count += 1
      response.once('close', () => this.#settle())
    }
    server.on('request', take)
  }

  /** Resolves when every request that was taken is answered, or its client is gone. */
  none(): Promise<void> {
    if (this.#count === 0) return Promise.resolve()
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  #settle(): void {
    this.#count -= 1
    if (this.#count > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
