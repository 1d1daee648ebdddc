/** One subject's disclosures of an event as they are stored. */
export interface SealedPart {
  readonly kid: string
  /** base64url of what `sealDisclosures` gives. */
  readonly sealed: string
}

const partForm = /^([\w-]{1,64}):([\w-]+)$/

/** Parts of an event's sealed disclosures; undefined where they do not have the form that they are written in. */
export function parseSealed(secrets: string): readonly SealedPart[] | undefined {
  if (secrets === '') return []
  const parts: SealedPart[] = []
  for (const text of secrets.split(' ')) {
    const [, kid, sealed] = partForm.exec(text) ?? []
    if (kid === undefined || sealed === undefined) return undefined
    parts.push({ kid, sealed })
  }
  return parts
}

/** The sealed disclosures without those of these keys. */
export function withoutKids(secrets: string, kids: ReadonlySet<string>): string {
  if (secrets === '') return ''
  const rest = secrets.split(' ').filter(part => !kids.has(part.slice(0, part.indexOf(':'))))
  return rest.join(' ')
}
