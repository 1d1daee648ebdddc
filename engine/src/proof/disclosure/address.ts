import type { JsonValue } from '../../core/index.ts'

/** The longest that any address is, with room to spare. */
const maxLength = 400
const mail = /^[^\s@]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u
/** With the code of its country: else no number could be told from any other. */
const telephone = /^(tel:)?\+[1-9][\d .()/-]{5,24}$/
const ip4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/
const ip6 = /^[\da-f]{0,4}(:[\da-f]{0,4}){2,7}(:?(\d{1,3}\.){3}\d{1,3})?(%\w+)?$/i

/** Whether a value is by its form an address of mail, a telephone number or the IP address of a machine, and nothing else. */
export function isAddress(value: JsonValue | undefined): boolean {
  if (typeof value !== 'string' || value.length > maxLength || value.length < 3) return false
  if (value.includes('@')) return mail.test(value)
  if (value.includes(':') && (value.includes('::') || value.split(':').length >= 7)) return ip6.test(value)
  return telephone.test(value) || ip4.test(value)
}
