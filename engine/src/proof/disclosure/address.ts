import type { JsonValue } from '../../core/index.ts'

/** The longest that any address is, with room to spare. */
const maxLength = 400
const mail = /^[^\s@]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u
/** With the code of its country: else no number could be told from any other. */
const telephone = /^(tel:)?\+[1-9][\d .()/-]{5,24}$/i
const ip4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/
const ip6 = /^[\da-f]{0,4}(:[\da-f]{0,4}){2,7}(:?(\d{1,3}\.){3}\d{1,3})?(%\w+)?$/i

type Form = 'mail' | 'telephone' | 'ip4' | 'ip6'

/** Which address a text is, and nothing else beside white space around it. */
function formOf(given: string): Form | undefined {
  if (given.length > maxLength || given.length < 3) return undefined
  const text = given.trim()
  if (text.includes('@')) return mail.test(text) ? 'mail' : undefined
  if (text.includes(':') && (text.includes('::') || text.split(':').length >= 7))
    return ip6.test(text) ? 'ip6' : undefined
  if (telephone.test(text)) return 'telephone'
  return ip4.test(text) ? 'ip4' : undefined
}

/** Whether a value is by its form an address of mail, a telephone number or the IP address of a machine, and nothing else. */
export const isAddress = (value: JsonValue | undefined): boolean =>
  typeof value === 'string' && formOf(value) !== undefined

/**
 * The one spelling of a subject that its keys are kept under: addresses of mail in lower case without `mailto:`,
 * telephone numbers as `+` and digits, IP addresses in their shortest text. Every other subject is as it is.
 */
export function canonicalSubject(subject: string): string {
  const form = formOf(subject)
  if (form === undefined) return subject
  const text = subject.trim()
  if (form === 'mail')
    return text
      .replace(/^mailto:/i, '')
      .normalize('NFC')
      .toLowerCase()
  if (form === 'telephone') return `+${text.replace(/\D/g, '')}`
  if (form === 'ip4') return text.split('.').map(Number).join('.')
  return shortIp6(text.toLowerCase())
}

/** RFC 5952, as the parser of addresses writes it; the zone stands as it is. */
function shortIp6(text: string): string {
  const [address = '', zone] = text.split('%')
  const url = `http://[${address}]`
  const short = URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address
  return zone === undefined ? short : `${short}%${zone}`
}
