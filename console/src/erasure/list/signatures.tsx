import type { Removal } from '../../api/log-query.ts'
import { signaturesOf } from '../words.ts'

/** Who has signed, and who is still to sign. */
export function Signatures({ removal }: { readonly removal: Removal }) {
  const { signed, missing } = signaturesOf(removal)
  if (signed.length + missing.length === 0) return <span className="dim">—</span>
  const waits = `waits for ${missing.join(', ')}`
  return (
    <span title={[...signed, ...(missing.length > 0 ? [waits] : [])].join('\n')}>
      {signed.join(', ')}
      {signed.length > 0 && missing.length > 0 && '; '}
      {missing.length > 0 && <span className="dim">{waits}</span>}
    </span>
  )
}
