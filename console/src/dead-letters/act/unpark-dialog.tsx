import { Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { UnparkResult } from '../../api/delivery-types.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { useAction } from '../../delivery/use-action.ts'

interface UnparkDialogProps {
  readonly subscription: string
  readonly orderingKey: string
  readonly onClose: () => void
  readonly onDone: (result: UnparkResult) => void
}

type How = 'again' | 'skip'

/** Lets a key go on that stands still behind a dead letter. */
export function UnparkDialog({ subscription, orderingKey, onClose, onDone }: UnparkDialogProps) {
  const [how, setHow] = useState<How>('again')
  const action = useAction(
    api =>
      api.send<UnparkResult>('/v1/dead-letters/unpark', {
        method: 'POST',
        body: { subscription, orderingKey, how },
      }),
    onDone,
  )
  return (
    <Confirm opened onClose={onClose} title="Let the key go on" verb="Let it go on" action={action}>
      <Text size="sm">
        Events of <span className="mono">{orderingKey}</span> stand still for {subscription} since one of them
        became a dead letter.
      </Text>
      <Radio.Group value={how} onChange={value => setHow(value as How)} label="The event that stopped it">
        <Stack gap={6} mt={6}>
          <Radio value="again" label="is tried again first, and the others follow in order" />
          <Radio value="skip" label="is left out: the others follow without it, and it stays a dead letter" />
        </Stack>
      </Radio.Group>
    </Confirm>
  )
}
