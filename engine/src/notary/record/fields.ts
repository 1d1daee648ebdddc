import Type from 'typebox'

/** Members that several records of a log have. */

export const text = (description: string, example: string, maxLength = 500) =>
  Type.String({ description, minLength: 1, maxLength, examples: [example] })

export const index = (description: string, example: number) =>
  Type.Integer({ description, minimum: 0, examples: [example] })

/** 32 bytes in base64url. */
export const hash = (description: string) =>
  Type.String({
    description,
    pattern: '^[\\w-]{43}$',
    examples: ['6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw'],
  })

const keyId = text('Id of a key; it says nothing of whose it is.', 'k-AAECAwQFBgcICQoLDA0ODw', 64)

export const keyIds = (description: string) =>
  Type.Array(keyId, { description, minItems: 1, maxItems: 100_000, examples: [['k-AAECAwQFBgcICQoLDA0ODw']] })

export const entryRanges = (description: string, maxItems: number) =>
  Type.Array(
    Type.Array(index('Index of an entry.', 40), {
      description: 'From the first index up to the second, which is not part of it.',
      minItems: 2,
      maxItems: 2,
      examples: [[40, 42]],
    }),
    { description, maxItems, examples: [[[40, 42]]] },
  )

export const approvedBy = Type.Array(text('Name of an approver.', 'ada.example.com', 200), {
  description: 'Approvers who signed, in the order in which they are named.',
  maxItems: 100,
  examples: [['ada.example.com']],
})

export const signatures = Type.Array(
  Type.Object(
    {
      key: text('Name of the key that signed.', 'ada.example.com', 200),
      sig: text(
        'Ed25519 over the canonical record without its signatures, base64url.',
        `${'A'.repeat(85)}A`,
        86,
      ),
    },
    { description: 'A signature of an approver.' },
  ),
  {
    description: 'Signatures by keys that the tenant registered before; none where it has no approvers.',
    maxItems: 100,
    examples: [[{ key: 'ada.example.com', sig: 'A'.repeat(86) }]],
  },
)
