import { Button, Stack, Text, Title } from '@mantine/core'
import page from '../../delivery/page.module.css'
import { Command } from '../../ui/command.tsx'
import { LIBRARY_LESSON, makeLesson, pullLesson } from './lessons.ts'
import { usePlace } from './use-place.ts'

/** A tenant without any subscription: what one is, and how to make one. */
export function NoSubscriptions({ onMake }: { readonly onMake: (() => void) | undefined }) {
  const place = usePlace()
  return (
    <div className={page.lesson}>
      <Title order={2} size="h4">
        No subscriptions yet
      </Title>
      <Text c="dimmed" size="sm" mt={4} maw="72ch">
        A subscription brings events to whoever acts on them, at least once and in order per stream. What
        fails is tried again; what keeps failing is set aside as a dead letter, from where it can be mended
        and replayed.
      </Text>
      <div className={page.columns}>
        <Stack gap="xs">
          <Title order={3} size="h6">
            Over HTTP, from any language
          </Title>
          <Command text={makeLesson(place)} />
          <Text c="dimmed" size="sm">
            then ask for events, and say of each whether it went well:
          </Text>
          <Command text={pullLesson(place)} />
        </Stack>
        <Stack gap="xs">
          <Title order={3} size="h6">
            In a program with the library
          </Title>
          <Command text={LIBRARY_LESSON} what="code" />
        </Stack>
      </div>
      {onMake && (
        <Button mt="lg" onClick={onMake}>
          Make one here
        </Button>
      )}
    </div>
  )
}

export function NoSubscriptionFits({ onClear }: { readonly onClear: () => void }) {
  return (
    <Stack gap="sm" align="center" className={page.none} flex={1}>
      <Title order={2} size="h4">
        None of the subscriptions fits
      </Title>
      <Text c="dimmed" size="sm">
        Every word must occur in a name, a type, a topic, a filter, an owner or an error.
      </Text>
      <Button variant="default" onClick={onClear}>
        Show all
      </Button>
    </Stack>
  )
}
