const typePattern = /^[A-Z][A-Za-z0-9]{2,99}$/
const versionPattern = /^[1-9]\d{0,3}\.\d{1,4}$/
/** A part of ISO 8601: whole years, months, weeks or days. */
const periodPattern = /^P[1-9]\d{0,4}[YMWD]$/
const pointerPattern = /^(\/([^~/]|~[01])*)+$/

/** What events and commands have in common, as it is checked. */
interface Checked {
  readonly type: string
  readonly version: string
  readonly summary: string
  readonly examples: readonly unknown[]
}

interface CheckedPolicies {
  readonly topic: string
  readonly alsoOn?: readonly string[]
  readonly personal?: readonly { readonly pointer: string; readonly subject: string }[]
  readonly retention?: { readonly period: string }
  readonly retry?: { readonly attempts: number; readonly initialDelay: number; readonly maxDelay?: number }
  readonly deadLetter?: { readonly keepFor: string }
}

/** Says what is wrong with a definition: a mistake of the programmer, found when the module is loaded. */
export type Fail = (what: string) => never

export function failWith(kind: 'event' | 'command', type: string): Fail {
  return what => {
    throw new TypeError(`The definition of ${kind} ${JSON.stringify(type)} ${what}`)
  }
}

export function checkCommon(definition: Checked, fail: Fail): void {
  if (!typePattern.test(definition.type))
    fail('has a type that is not PascalCase of 3 to 100 letters and digits')
  if (!versionPattern.test(definition.version))
    fail(`has the version "${definition.version}", which is not major.minor`)
  if (definition.summary.trim() === '') fail('has no summary')
  if (definition.examples.length === 0) fail('has no example')
}

/** The major of a version stands in the name: `OrderPlaced` is 1.x, `OrderPlacedV2` is 2.x. */
export function checkMajor({ type, version }: Checked, fail: Fail): void {
  const inName = Number(/V([2-9]|[1-9]\d+)$/.exec(type)?.[1] ?? 1)
  const major = Number(version.split('.')[0])
  if (major !== inName) {
    const name = `${type.replace(/V\d+$/, '')}${major === 1 ? '' : `V${major}`}`
    fail(`has the version ${version}, and its name says ${inName}.x: call it ${name}, or raise the minor`)
  }
}

export function checkPersonal(fields: CheckedPolicies['personal'], fail: Fail): void {
  for (const field of fields ?? []) {
    if (!pointerPattern.test(field.pointer) || !pointerPattern.test(field.subject))
      fail('has a personal field that is no JSON Pointer')
  }
}

export function checkPolicies(definition: CheckedPolicies, fail: Fail): void {
  for (const topic of [definition.topic, ...(definition.alsoOn ?? [])]) {
    if (topic.trim() === '') fail('has no topic')
  }
  checkPersonal(definition.personal, fail)
  const { retention, retry, deadLetter } = definition
  for (const period of [retention?.period, deadLetter?.keepFor]) {
    if (period !== undefined && period !== 'forever' && !periodPattern.test(period))
      fail(`has the period "${period}", which is not like P30D, P6M, P7Y or forever`)
  }
  if (retry !== undefined && (retry.attempts < 1 || retry.initialDelay < 0))
    fail('has a retry policy without an attempt, or with a negative delay')
  if (retry?.maxDelay !== undefined && retry.maxDelay < retry.initialDelay)
    fail('has a retry policy whose longest delay is shorter than its first')
}
