import { Drawer, Group, Modal } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'

interface DialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  readonly children: ReactNode
  /** Pixels; of a dialog in the middle 440 unless it is given. */
  readonly size?: number
}

// Put together by hand, because the ready-made heads are <header> elements: a second banner on the page.

/** A dialog in the middle of the page. */
export function Dialog({ opened, onClose, title, children, size = 440 }: DialogProps) {
  useFocusBack()
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body pt="md">
          <Group justify="space-between">
            <Modal.Title fw={600}>{title}</Modal.Title>
            <Modal.CloseButton aria-label="Close" />
          </Group>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

/** A dialog that slides in from the left. */
export function SideDialog({ opened, onClose, title, children, size = 280 }: DialogProps) {
  return (
    <Drawer.Root opened={opened} onClose={onClose} size={size}>
      <Drawer.Overlay />
      <Drawer.Content>
        <Drawer.Body p={0}>
          <Group justify="space-between" p="sm" pb={0}>
            <Drawer.Title fw={600}>{title}</Drawer.Title>
            <Drawer.CloseButton aria-label="Close" />
          </Group>
          {children}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}

/** A dialog that is taken away while it is open leaves the focus nowhere: it goes back to what had it before. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus()
    },
    [before],
  )
}
