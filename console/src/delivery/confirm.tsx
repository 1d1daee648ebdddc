import { Button, Group, Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'

interface ConfirmProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** What the button says: `Discard 3`. */
  readonly verb: string
  readonly isDangerous?: boolean
  readonly isReady?: boolean
  /** Pixels of its width. */
  readonly size?: number
  readonly action: {
    readonly isPending: boolean
    readonly error: unknown
    readonly mutate: () => void
  }
  readonly children: ReactNode
}

/** Asks before something is done that cannot be taken back. It stays open until it is done, and says what failed. */
export function Confirm(props: ConfirmProps) {
  const { opened, onClose, title, verb, isDangerous = false, isReady = true, size, action, children } = props
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady && !action.isPending) action.mutate()
  }
  return (
    <Dialog opened={opened} onClose={onClose} title={title} {...(size !== undefined && { size })}>
      <form onSubmit={submit}>
        <Stack gap="sm" mt="sm">
          {children}
          {action.error !== null && <ProblemAlert error={action.error} />}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={action.isPending}
              disabled={!isReady}
              {...(isDangerous && { color: 'red.9' })}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
