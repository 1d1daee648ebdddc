import type { link, Sender, Source } from 'rhea'
import rhea from 'rhea'
import { BrokerFault } from '../fault.ts'
import { toTicks } from './wire-message.ts'

const filterName = 'com.microsoft:session-filter'

/** What rhea keeps and its types do not say. */
interface LinkState {
  readonly state: { local_open: boolean; open_requests: number }
  readonly local: { readonly attach: { properties: unknown; source: unknown } }
}

const stateOf = (one: link): LinkState => one as link & LinkState

/** rhea answers an attach by itself; this takes the answer back, so that it can be given later. */
export function holdOpen(one: link): void {
  const { state } = stateOf(one)
  if (!state.local_open) return
  state.local_open = false
  state.open_requests -= 1
}

/** Which session a receiver asks for: none, any, or one by its id. */
export function sessionFilter(sender: Sender): 'none' | { readonly id: string | undefined } {
  const filter: unknown = sender.source?.filter
  if (typeof filter !== 'object' || filter === null || !(filterName in filter)) return 'none'
  const id = filter[filterName]
  return { id: typeof id === 'string' ? id : undefined }
}

/** Answers the attach with the session that was locked. */
export function openWithSession(sender: Sender, session: string, until: number): void {
  const { address } = sender.source
  const source: Source = { address, filter: { [filterName]: session } }
  sender.set_source(source)
  const properties = { 'com.microsoft:locked-until-utc': rhea.types.wrap_long(toTicks(until)) }
  stateOf(sender).local.attach.properties = properties
  sender.open()
}

/** Refuses an attach, or closes a link. */
export function closeWith(one: link, error: unknown): void {
  if (!(error instanceof BrokerFault)) throw error
  one.open()
  one.close({ condition: error.condition, description: error.description })
}

/** Milliseconds that a receiver waits for a session. */
export function patienceOf(sender: Sender): number {
  const given: unknown = sender.properties?.['com.microsoft:timeout']
  return typeof given === 'number' ? given : 60_000
}
