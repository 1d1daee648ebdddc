import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { redactionsOfEventQuery } from '../api/removed-query.ts'
import { useApi, useSession } from '../auth/context.ts'
import { FullTimestamp } from '../time/timestamp.tsx'

/** What was taken out of an event, when and why, with the record in the log that says so. */
export function RedactionNote({ eventId }: { readonly eventId: string }) {
  const api = useApi()
  const { data = [] } = useQuery(redactionsOfEventQuery(api, useSession()?.tenant ?? null, eventId))
  return data.map(({ recordId, n, at, paths, reason }) => (
    <Text key={recordId} size="xs" mb="xs" role="note">
      Taken out of it <FullTimestamp value={at} />: <span className="mono">{paths.join(', ')}</span>
      {reason !== '' && ` (${reason})`}.{' '}
      <Link to="/events/$eventId" params={{ eventId: recordId }}>
        The redaction, leaf {n}
      </Link>
    </Text>
  ))
}
