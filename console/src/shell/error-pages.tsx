import { Anchor, Button, Center, Group, Stack, Text, Title } from '@mantine/core'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'

export function NotFoundPage() {
  usePageTitle('Not found')
  return (
    <Center component="main" h="100%" p="xl">
      <Stack align="center" gap="sm">
        <Title order={1} size="h3">
          There is no such page
        </Title>
        <Text c="dimmed">The address may be mistyped, or the page may have moved.</Text>
        <Anchor renderRoot={props => <Link {...props} to="/events" />}>Go to the events</Anchor>
      </Stack>
    </Center>
  )
}

export function CrashPage({ error, reset }: ErrorComponentProps) {
  usePageTitle('Error')
  const router = useRouter()
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return (
    <Center component="main" h="100%" p="xl">
      <Stack gap="md" maw={560}>
        <Title order={1} size="h3">
          This page broke
        </Title>
        <ProblemAlert error={error} />
        <Group>
          <Button onClick={retry}>Try again</Button>
          <Anchor renderRoot={props => <Link {...props} to="/events" />}>Go to the events</Anchor>
        </Group>
      </Stack>
    </Center>
  )
}
