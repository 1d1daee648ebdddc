import { CommandFailure, exitCodes } from '../exit-code.ts'

/** Flags that say which dead letters are meant. */
export interface SelectionFlags {
  readonly fingerprint?: string
  readonly type?: string
  readonly cause?: string
  readonly orderingKey?: string
  readonly from?: string
  readonly to?: string
}

export interface IdFlags extends SelectionFlags {
  readonly id?: string[]
  readonly all?: boolean
}

const names = ['fingerprint', 'type', 'cause', 'orderingKey', 'from', 'to'] as const

/** As query parameters. */
export function toParameters(subscription: string | undefined, flags: SelectionFlags): URLSearchParams {
  const parameters = new URLSearchParams()
  if (subscription !== undefined) parameters.set('subscription', subscription)
  for (const name of names) {
    const value = flags[name]
    if (value !== undefined) parameters.set(name, value)
  }
  return parameters
}

/**
 * As a body.
 * @throws CommandFailure with exit code 2 where nothing says which: all of them are meant only where `--all` says so.
 */
export function toSelection(subscription: string, flags: IdFlags): Readonly<Record<string, unknown>> {
  const given = names.filter(name => flags[name] !== undefined)
  if (flags.all !== true && flags.id === undefined && given.length === 0)
    throw new CommandFailure('Say which: --id, --fingerprint, --type, … or --all', exitCodes.usage)
  if (flags.all === true && (flags.id !== undefined || given.length > 0))
    throw new CommandFailure('--all means every one: leave out what says which', exitCodes.usage)
  return {
    subscription,
    ...(flags.id === undefined ? {} : { ids: flags.id.map(toId) }),
    ...Object.fromEntries(given.map(name => [name, flags[name]])),
  }
}

/** @throws CommandFailure with exit code 2. */
export function toId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CommandFailure(`A dead letter is named by its number, and "${text}" is none`, exitCodes.usage)
}
