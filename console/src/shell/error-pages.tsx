import { Anchor, Button, Center, Group, Stack, Text, Title } from '@mantine/core'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { asProblem } from '../api/problem.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { CODE_MISSING, loadAnew } from './page-code.ts'

/** What no page is for, within the shell, whose landmark it stands in. */
export function NotFoundPage() {
  usePageTitle('Not found')
  return (
    <Center h="100%" p="xl">
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

/** What failed within the shell, whose landmark it stands in. */
export const CrashPage = (props: ErrorComponentProps) => <Crash {...props} component="div" />

/** What failed with nothing around it. */
export const BareCrashPage = (props: ErrorComponentProps) => <Crash {...props} component="main" />

function Crash({ error, reset, component }: ErrorComponentProps & { readonly component: 'div' | 'main' }) {
  usePageTitle('Error')
  const router = useRouter()
  const isMissing = asProblem(error).code === CODE_MISSING
  const retry = () => {
    if (isMissing) return void loadAnew()
    reset()
    void router.invalidate()
  }
  return (
    <Center component={component} h="100%" p="xl">
      <Stack gap="md" maw={560}>
        <Title order={1} size="h3">
          {isMissing ? 'This page is not here yet' : 'This page broke'}
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
