/**
 * A member of the payload that is personal data, and the member that says whose. Both are JSON Pointers into the
 * payload; `*` stands for every item of a list.
 */
export interface PersonalField {
  readonly pointer: string
  readonly subject: string
  /** What kind of data it is, such as `name`, `email`, `address`. */
  readonly kind?: string
  /** Set where it is personal only if it is an address by its form: of mail, of a telephone, of a machine. */
  readonly form?: 'address'
}
