/** How what is done is counted and shown. */
const units = {
  bytes: { scale: 1_048_576, name: 'MB', digits: 1 },
  events: { scale: 1, name: 'events', digits: 0 },
} as const

/** A bar on a terminal, nothing elsewhere; drawn at most ten times a second. */
export class Progress {
  readonly #total: number | undefined
  readonly #isShown: boolean
  readonly #unit: (typeof units)[keyof typeof units]
  #started = performance.now()
  #lastDrawn = 0
  #note = ''

  constructor(total: number | undefined, isQuiet: boolean, unit: keyof typeof units = 'bytes') {
    this.#total = total
    this.#isShown = !isQuiet && process.stderr.isTTY === true
    this.#unit = units[unit]
  }

  /** `done` of the total, which may be known only now; `note` stands behind the bar, and a new one starts it anew. */
  update(done: number, note: string, total: number | undefined = this.#total): void {
    const now = performance.now()
    if (!this.#isShown || (note === this.#note && now - this.#lastDrawn < 100)) return
    if (total !== this.#total && note !== this.#note) this.#started = now
    this.#note = note
    this.#lastDrawn = now
    process.stderr.write(`\r\x1b[2K${this.#line(done, total)}`)
  }

  /** Takes the bar off the screen. */
  end(): void {
    if (this.#isShown) process.stderr.write('\r\x1b[2K')
  }

  #line(done: number, total: number | undefined): string {
    const { scale, name, digits } = this.#unit
    const seconds = (performance.now() - this.#started) / 1000
    const rate = `${(done / scale / Math.max(seconds, 0.001)).toFixed(digits)} ${name}/s`
    if (total === undefined || total === 0)
      return done === 0 ? this.#note : `${(done / scale).toFixed(digits)} ${name}  ${rate}  ${this.#note}`
    const share = Math.min(1, done / total)
    const width = 24
    const filled = Math.round(share * width)
    const left = share > 0.02 ? `  ${Math.ceil((seconds / share) * (1 - share))} s left` : ''
    return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.round(share * 100)).padStart(3)} %  ${rate}${left}  ${this.#note}`
  }
}
