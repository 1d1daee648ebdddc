import { Button, Menu } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconBraces, IconCheck, IconCopy, IconHash, IconLink, IconTerminal2 } from '@tabler/icons-react'
import type { EventDetail } from '../api/types.ts'
import { useSession } from '../auth/context.ts'
import { eventCurl } from './curl.ts'

export function CopyMenu({ detail }: { readonly detail: EventDetail }) {
  const clipboard = useClipboard({ timeout: 1500 })
  const tenant = useSession()?.tenant ?? null
  const { event } = detail
  const choices = [
    { label: 'Event id', Icon: IconHash, text: () => event.eventId },
    { label: 'Link to this page', Icon: IconLink, text: () => location.href },
    { label: 'Event as JSON', Icon: IconBraces, text: () => JSON.stringify(event, null, 2) },
    { label: 'As curl', Icon: IconTerminal2, text: () => eventCurl(location.origin, event.eventId, tenant) },
  ]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={clipboard.copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
        >
          {clipboard.copied ? 'Copied' : 'Copy'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ label, Icon, text }) => (
          <Menu.Item key={label} leftSection={<Icon size={15} />} onClick={() => clipboard.copy(text())}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
