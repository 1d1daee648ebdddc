import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { subscriptionQuery } from '../api/delivery-query.ts'
import type { ReplayItem } from '../api/delivery-types.ts'
import { useApi, useSession } from '../auth/context.ts'
import { standingText } from './words.ts'

interface StandingProps {
  readonly name: string
  readonly kind: ReplayItem['kind']
}

/** Says of a replay that is about to be started where it would not be handled at once. */
export function Standing({ name, kind }: StandingProps) {
  const api = useApi()
  const { data } = useQuery(subscriptionQuery(api, useSession()?.tenant ?? null, name))
  const text = data && standingText(data, kind)
  if (text === undefined) return null
  return (
    <Alert variant="light" color="gray" p="xs">
      {text}
    </Alert>
  )
}
