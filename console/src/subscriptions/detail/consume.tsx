import { Stack, Text } from '@mantine/core'
import { Command } from '../../ui/command.tsx'
import { pullLesson, settleLesson } from '../list/lessons.ts'
import { usePlace } from '../list/use-place.ts'

/** The two calls of a consumer. */
export function Consume({ name }: { readonly name: string }) {
  const place = usePlace()
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        Ask for events. Each comes with a token:
      </Text>
      <Command text={pullLesson(place, name)} />
      <Text size="sm" c="dimmed">
        Then say of each whether it went well. What is not settled in time counts as failed and comes again:
      </Text>
      <Command text={settleLesson(place, name)} />
    </Stack>
  )
}
