import type { KeelsonError } from '../../core/index.ts'
import { toKeelsonError } from '../../core/index.ts'
import type { RelaySettings } from './relay-options.ts'
import type { RelayFault } from './relay-status.ts'

/** How often something failed in a row, why, and how long to wait for that. */
export class RelayPauses {
  readonly #settings: RelaySettings
  #failures = 0
  #fault: RelayFault | undefined

  constructor(settings: RelaySettings) {
    this.#settings = settings
  }

  get failures(): number {
    return this.#failures
  }

  get fault(): RelayFault | undefined {
    return this.#fault
  }

  reset(): void {
    this.#failures = 0
  }

  /** Twice as long as the time before. */
  async pause(thrown: unknown, signal: AbortSignal): Promise<void> {
    this.note(toKeelsonError(thrown))
    const { alarm, firstPause, longestPause } = this.#settings
    const wait = Math.min(longestPause, firstPause * 2 ** Math.min(this.#failures, 20))
    this.#failures += 1
    await alarm.wait(wait, signal)
  }

  note(error: KeelsonError): void {
    const { code, message } = error
    this.#fault = { code, message, at: this.#settings.alarm.now() }
    this.#settings.onError(error)
  }
}
