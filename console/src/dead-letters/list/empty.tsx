import { Button, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import page from '../../delivery/page.module.css'

export function NoDeadLetters() {
  return (
    <Stack gap="sm" align="center" className={page.none} flex={1}>
      <Title order={2} size="h4">
        No dead letters
      </Title>
      <Text c="dimmed" size="sm" maw="64ch">
        An event becomes a dead letter when a subscription has tried it as often as it may, or when its error
        says that another try is no use. It waits here with every try and error, to be mended and replayed.
      </Text>
      <Button variant="default" renderRoot={props => <Link {...props} to="/subscriptions" />}>
        Go to the subscriptions
      </Button>
    </Stack>
  )
}

export function NoLetterFits({ onClear }: { readonly onClear: () => void }) {
  return (
    <Stack gap="sm" align="center" className={page.none} flex={1}>
      <Title order={2} size="h4">
        No dead letter fits
      </Title>
      <Text c="dimmed" size="sm">
        None is left with this filter: they may have been replayed or discarded.
      </Text>
      <Button variant="default" onClick={onClear}>
        Clear the filter
      </Button>
    </Stack>
  )
}
