import type { JsonValue } from '../../core/index.ts'
import { misfit, pointerStep } from './fault.ts'

/** Whether a number means the same to every reader, and so is one that JSON taken in may have: within ±(2^53−1). */
export function isJsonNumber(value: unknown): value is number {
  // NaN compares to nothing.
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

interface Fault {
  readonly message: string
  /** To the place, the innermost first. */
  readonly steps: string[]
}

/**
 * Refuses a value that reading it back would refuse: one with more than `levels` levels of arrays and objects (and
 * so one that contains itself), a number that is not safe, or a member `__proto__`.
 */
export function checkJson(value: JsonValue, levels: number): void {
  const fault = findFault(value, levels)
  if (fault !== undefined) throw misfit(fault.steps.reverse().map(pointerStep).join(''), fault.message)
}

function findFault(value: JsonValue | undefined, levels: number): Fault | undefined {
  if (typeof value === 'number')
    return isJsonNumber(value) ? undefined : { message: 'is a number outside ±(2^53−1)', steps: [] }
  if (typeof value !== 'object' || value === null) return undefined
  if (levels === 0) return { message: 'is nested too deep', steps: [] }
  const members = value as Readonly<Record<string, JsonValue>>
  for (const key of Object.keys(members)) {
    if (key === '__proto__') return { message: 'is a name that no member can have', steps: [key] }
    const fault = findFault(members[key], levels - 1)
    if (fault !== undefined) {
      fault.steps.push(key)
      return fault
    }
  }
  return undefined
}
