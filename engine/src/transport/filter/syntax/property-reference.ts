import type { SystemProperty } from './system-property.ts'

/** A property of the message itself, such as `sys.MessageId`. */
export interface SystemReference {
  readonly scope: 'sys'
  readonly name: SystemProperty
}

/** A property that the sender gave, or a member of the event: `user.region`, `payload.order.total`. */
export interface UserReference {
  readonly scope: 'user'
  /** As it was written. */
  readonly name: string
  /** The name in lower case: names of properties are compared without regard to case. */
  readonly key: string
  /** The name cut at its dots, for members within the payload and the metadata; its first part in lower case. */
  readonly path: readonly string[]
}

export type PropertyReference = SystemReference | UserReference

export function systemReference(name: SystemProperty): SystemReference {
  return { scope: 'sys', name }
}

export function userReference(name: string): UserReference {
  const [root = '', ...rest] = name.split('.')
  return { scope: 'user', name, key: name.toLowerCase(), path: [root.toLowerCase(), ...rest] }
}

/** Whether a name leads into the payload or the metadata, where names differ in case. */
export function isWithinContent({ path }: UserReference): boolean {
  return path.length > 1 && (path[0] === 'payload' || path[0] === 'metadata')
}
