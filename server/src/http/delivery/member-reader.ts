import type { FastifyRequest } from 'fastify'
import type { FieldFault, JsonObject, JsonValue } from 'keelson'
import { decodeUtf8, isJsonObject, KeelsonError, parseJson, toUtc } from 'keelson'
import { bodyBytes } from '../body.ts'

/** @throws KeelsonError where the body is no JSON object. */
export async function readObject(request: FastifyRequest, limit: number): Promise<JsonObject> {
  const value = parseJson(decodeUtf8(await bodyBytes(request, limit)))
  if (!isJsonObject(value)) throw new KeelsonError('request_invalid', 'The body is not a JSON object')
  return value
}

/** For requests that say all by their address. @throws KeelsonError for a body with members: they would be dropped. */
export async function refuseMembers(request: FastifyRequest): Promise<void> {
  if (!(request.body instanceof Uint8Array) || request.body.length === 0) return
  new MemberReader(await readObject(request, mostOfNothing), []).done()
}

const mostOfNothing = 64 * 1024

interface Range {
  readonly least: number
  readonly most: number
  readonly isWhole?: boolean
}

/** Reads the members of a JSON object; every fault is reported at once by `done`. `null` is as if it were left out. */
export class MemberReader {
  readonly #value: JsonObject
  readonly #at: string
  readonly #faults: FieldFault[]

  constructor(value: JsonObject, known: readonly string[], at = '', faults: FieldFault[] = []) {
    this.#value = value
    this.#at = at
    this.#faults = faults
    for (const name of Object.keys(value))
      if (!known.includes(name))
        this.fault(
          name.slice(0, 60),
          known.length === 0 ? 'is not known; none is taken' : `is not known; known are ${known.join(', ')}`,
        )
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined
  }

  raw(name: string): JsonValue | undefined {
    const value = Object.hasOwn(this.#value, name) ? this.#value[name] : undefined
    return value === null ? undefined : value
  }

  text(
    name: string,
    most: number,
    pattern?: { readonly is: RegExp; readonly says: string },
  ): string | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    const isFit = typeof value === 'string' && value !== '' && value.length <= most
    if (isFit && (pattern?.is.test(value) ?? true)) return value
    this.fault(name, `must be ${pattern?.says ?? `a text of 1 to ${most} characters`}`)
    return undefined
  }

  texts(name: string, mostItems: number, most: number): readonly string[] | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    const isFit =
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= mostItems &&
      value.every(item => typeof item === 'string' && item !== '' && item.length <= most)
    if (isFit) return value as string[]
    this.fault(name, `must be a list of 1 to ${mostItems} texts of at most ${most} characters`)
    return undefined
  }

  numbers(name: string, mostItems: number): readonly number[] | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    const isFit =
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= mostItems &&
      value.every(item => Number.isSafeInteger(item) && (item as number) >= 0)
    if (isFit) return value as number[]
    this.fault(name, `must be a list of 1 to ${mostItems} whole numbers`)
    return undefined
  }

  number(name: string, { least, most, isWhole = false }: Range): number | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    const isFit = typeof value === 'number' && value >= least && value <= most
    if (isFit && (!isWhole || Number.isInteger(value))) return value
    this.fault(name, `must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`)
    return undefined
  }

  flag(name: string): boolean {
    const value = this.raw(name)
    if (value !== undefined && typeof value !== 'boolean') this.fault(name, 'must be true or false')
    return value === true
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    if (typeof value === 'string' && (values as readonly string[]).includes(value)) return value as Value
    this.fault(name, `must be one of ${values.join(', ')}`)
    return undefined
  }

  /** As RFC 3339 in UTC. */
  time(name: string): string | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    const utc = typeof value === 'string' ? toUtc(value) : undefined
    if (utc === undefined)
      this.fault(name, 'must be an RFC 3339 time with a zone, such as 2026-06-11T09:00:01Z')
    return utc
  }

  /** A reader of a member that is an object itself; its faults are reported with the others. */
  object(name: string, known: readonly string[]): MemberReader | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    if (isJsonObject(value)) return new MemberReader(value, known, `${this.#at}/${name}`, this.#faults)
    this.fault(name, 'must be an object')
    return undefined
  }

  /** A reader of an object somewhere below, such as in a list; its faults are reported with the others. */
  within(value: JsonObject, known: readonly string[], pointer: string): MemberReader {
    return new MemberReader(value, known, this.#at + pointer, this.#faults)
  }

  faultAt(pointer: string, message: string): void {
    this.#faults.push({ pointer: this.#at + pointer, message })
  }

  /** Says that a member is missing where it is left out; one that is wrong has its fault already. */
  require(name: string): void {
    if (!this.has(name)) this.fault(name, 'is missing')
  }

  fault(name: string, message: string): void {
    this.faultAt(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, message)
  }

  /** @throws KeelsonError `request_invalid` with all faults. */
  done(): void {
    const [first] = this.#faults
    if (first === undefined) return
    const faults = this.#faults.slice(0, 20)
    throw new KeelsonError('request_invalid', `${first.pointer} ${first.message}`, { faults })
  }
}
