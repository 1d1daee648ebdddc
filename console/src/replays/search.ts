export interface ReplaySearch {
  /** Id of the run that is shown. */
  readonly run?: string
  /** Whether the form for a new one is open, and for which subscription. */
  readonly new?: true
  readonly subscription?: string
}

/** Keeps what is understood of a URL and drops the rest. */
export function readReplaySearch(raw: Record<string, unknown>): ReplaySearch {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const [run, subscription] = [text(raw.run), text(raw.subscription)]
  return {
    ...(run !== undefined && { run }),
    ...((raw.new === 'true' || raw.new === true) && { new: true }),
    ...(subscription !== undefined && { subscription }),
  }
}
