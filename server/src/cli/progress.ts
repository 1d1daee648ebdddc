/** A bar on a terminal, nothing elsewhere; drawn at most ten times a second. */
export class Progress {
  readonly #total: number | undefined
  readonly #isShown: boolean
  readonly #started = performance.now()
  #lastDrawn = 0

  constructor(total: number | undefined, isQuiet: boolean) {
    this.#total = total
    this.#isShown = !isQuiet && process.stderr.isTTY === true
  }

  /** `done` in bytes of `total`; `note` stands behind the bar. */
  update(done: number, note: string): void {
    const now = performance.now()
    if (!this.#isShown || now - this.#lastDrawn < 100) return
    this.#lastDrawn = now
    process.stderr.write(`\r\x1b[2K${this.#line(done, note)}`)
  }

  /** Takes the bar off the screen. */
  end(): void {
    if (this.#isShown) process.stderr.write('\r\x1b[2K')
  }

  #line(done: number, note: string): string {
    const seconds = (performance.now() - this.#started) / 1000
    const rate = `${(done / 1_048_576 / Math.max(seconds, 0.001)).toFixed(1)} MB/s`
    if (this.#total === undefined || this.#total === 0)
      return `${(done / 1_048_576).toFixed(1)} MB  ${rate}  ${note}`
    const share = Math.min(1, done / this.#total)
    const width = 24
    const filled = Math.round(share * width)
    const left = share > 0.02 ? `  ${Math.ceil((seconds / share) * (1 - share))} s left` : ''
    return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.round(share * 100)).padStart(3)} %  ${rate}${left}  ${note}`
  }
}
