import type { UserReference } from '../syntax/property-reference.ts'
import type { SystemProperty } from '../syntax/system-property.ts'

/**
 * What a filter sees of a message. Either answers undefined for what is not there and null for what is there without
 * a value; texts, numbers, booleans, bigints and dates can be compared, and other values only be asked for.
 */
export interface FilterMessage {
  sys(name: SystemProperty): unknown
  property(reference: UserReference): unknown
}
