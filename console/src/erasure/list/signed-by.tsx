import type { Removal } from '../../api/log-query.ts'

/** Who is to sign, and how many have. */
export function SignedBy({ removal: { approvers, approvedBy } }: { readonly removal: Removal }) {
  if (approvers.length === 0) return <span className="dim">—</span>
  return (
    <span
      title={approvers
        .map(name => `${name}: ${approvedBy.includes(name) ? 'has signed' : 'not yet'}`)
        .join('\n')}
    >
      {approvers.join(', ')}
      <span className="dim">
        {' '}
        ({approvedBy.length} of {approvers.length})
      </span>
    </span>
  )
}
