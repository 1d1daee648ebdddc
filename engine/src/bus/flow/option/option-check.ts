import type { FieldFault } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'

export interface NumberRange {
  readonly min: number
  readonly max: number
  readonly isWhole?: boolean
}

/** Looks through options and gathers what is wrong with them, so that all is reported at once. */
export class OptionCheck {
  readonly #what: string
  readonly #options: Readonly<Record<string, unknown>>
  readonly #faults: FieldFault[] = []

  /**
   * `what` they are for begins the message: "The retry policy".
   * @throws KeelsonError `delivery_options_invalid` for what is no object.
   */
  constructor(what: string, options: object) {
    this.#what = what
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      this.add('', 'must be given as an object')
      this.throwAny()
    }
    this.#options = options as Readonly<Record<string, unknown>>
  }

  add(name: string, message: string): void {
    this.#faults.push({ pointer: name === '' ? '' : `/${name}`, message })
  }

  /** The number under a name, or the fallback where it is not given; a fault where it lies outside of the range. */
  number(name: string, range: NumberRange, fallback: number): number {
    const value = this.#options[name] ?? fallback
    if (typeof value === 'number' && value >= range.min && value <= range.max) {
      if (!range.isWhole || Number.isInteger(value)) return value
    }
    const kind = range.isWhole ? 'a whole number' : 'a number'
    this.add(name, `must be ${kind} from ${range.min} to ${range.max}`)
    return fallback
  }

  /** The word under a name, or the fallback where it is not given; a fault where it is none of the words. */
  word<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const value = this.#options[name] ?? fallback
    const found = words.find(word => word === value)
    if (found === undefined) this.add(name, `must be one of ${words.join(', ')}`)
    return found ?? fallback
  }

  /** A misspelt option would else be one that is not there. */
  onlyNames(names: readonly string[]): void {
    const strange = Object.keys(this.#options).find(name => !names.includes(name))
    if (strange !== undefined) this.add(strange.slice(0, 64), `is no option; there are ${names.join(', ')}`)
  }

  /** @throws KeelsonError `delivery_options_invalid` where anything is wrong. */
  throwAny(): void {
    const [first] = this.#faults
    if (first === undefined) return
    const text = this.#faults
      .map(({ pointer, message }) => `${pointer.slice(1)} ${message}`.trim())
      .join('; ')
    throw new KeelsonError('delivery_options_invalid', `${this.#what}: ${text}`, { faults: this.#faults })
  }
}
