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
  /** Set where it is personal only if what stands at `kind`, a pointer as the others, is a kind of person. */
  readonly when?: { readonly kind: string }
}

/** Kinds of things that are people, in lower case: `resource.type` says one of them where a person is the resource. */
export const personKinds: readonly string[] =
  'user|users|account|useraccount|user_account|user-account|iam_user|iam.user|aws::iam::user|actor|author|contact|customer|employee|guest|identity|individual|member|owner|patient|people|person|principal|profile|recipient|student|subscriber'.split(
    '|',
  )

const kinds = new Set(personKinds)

/** Whether what an event calls the kind of a thing says that it is a person. */
export const isPersonKind = (kind: unknown): boolean =>
  typeof kind === 'string' && (kinds.has(kind) || kinds.has(kind.trim().toLowerCase()))
