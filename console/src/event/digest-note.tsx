import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { erasuresOfKeysQuery } from '../api/removed-query.ts'
import type { JsonValue } from '../api/types.ts'
import { useApi, useSession } from '../auth/context.ts'
import { useMe, useSeesPersonal } from '../auth/use-me.ts'
import { FullTimestamp } from '../time/timestamp.tsx'
import { kidsIn } from './sealed-kids.ts'

/** Explains the digests that stand where personal fields are not to be seen, or are no more. */
export function DigestNote({ value }: { readonly value: JsonValue }) {
  const seesPersonal = useSeesPersonal()
  if (!JSON.stringify(value).includes('"_sd":')) return null
  const digests = (
    <>
      What stands under <span className="mono">_sd</span> are digests of personal fields, with the id of their
      key under <span className="mono">kid</span>
    </>
  )
  return (
    <Text size="xs" c="dimmed" mb="xs">
      {digests}
      {seesPersonal ? ': they were erased.' : ': this key does not see them, or they were erased.'}
      {seesPersonal && <Erasures kids={kidsIn(value)} />}
    </Text>
  )
}

/** Where it was asked for, to whoever may read that. */
function Erasures({ kids }: { readonly kids: readonly string[] }) {
  const api = useApi()
  const mayRead = useMe().data?.permissions.includes('removal:manage') === true
  const tenant = useSession()?.tenant ?? null
  const { data = [] } = useQuery({
    ...erasuresOfKeysQuery(api, tenant, kids),
    enabled: mayRead && kids.length > 0,
  })
  return data.map(({ id, request, receipt }) => (
    <span key={id}>
      {' '}
      <Link to="/erasure/$id" params={{ id }}>
        Erasure {request}
      </Link>
      {receipt && (
        <>
          , <FullTimestamp value={receipt.recordedAt} />
        </>
      )}
      .
    </span>
  ))
}
