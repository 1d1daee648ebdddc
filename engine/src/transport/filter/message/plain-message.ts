import type { SystemProperty } from '../syntax/system-property.ts'
import type { FilterMessage } from './filter-message.ts'

export interface MessageProperties {
  /** What the sender gave. Names that differ in case alone are one, the last of them. */
  readonly properties?: Readonly<Record<string, unknown>>
  readonly system?: Readonly<Partial<Record<SystemProperty, unknown>>>
}

/** A message of properties alone, as a broker has it. */
export function plainMessage({ properties = {}, system = {} }: MessageProperties): FilterMessage {
  const byKey = foldNames(properties)
  return {
    sys: name => (Object.hasOwn(system, name) ? system[name] : undefined),
    property: reference => byKey.get(reference.key),
  }
}

export function foldNames(properties: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(properties).map(([name, value]) => [name.toLowerCase(), value]))
}
