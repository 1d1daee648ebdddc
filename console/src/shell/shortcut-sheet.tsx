import { Kbd, Table } from '@mantine/core'
import { Fragment } from 'react'
import { Dialog } from '../ui/dialog.tsx'

const SHORTCUTS: readonly { title: string; rows: readonly (readonly [readonly string[], string])[] }[] = [
  {
    title: 'Everywhere',
    rows: [[['?'], 'This help']],
  },
  {
    title: 'Events',
    rows: [
      [['/'], 'Search'],
      [['j', '↓'], 'Next row'],
      [['k', '↑'], 'Previous row'],
      [['Enter'], 'Open the row beside the list'],
      [['o'], 'Open its page'],
      [['Esc'], 'Close what is open'],
      [['l'], 'Live tail on or off'],
      [['p'], 'Pause or resume the live tail'],
      [['r'], 'Refresh'],
    ],
  },
  {
    title: 'An event',
    rows: [
      [['['], 'Previous in its stream'],
      [[']'], 'Next in its stream'],
      [['1', '4'], 'First to fourth tab'],
    ],
  },
  {
    title: 'Catalogue',
    rows: [
      [['/'], 'Search'],
      [['j', '↓'], 'Next row'],
      [['k', '↑'], 'Previous row'],
      [['1', '4'], 'First to fourth tab of an event type'],
    ],
  },
  {
    title: 'Subscriptions, dead letters, replays',
    rows: [
      [['/'], 'Search the subscriptions'],
      [['r'], 'Refresh'],
      [['Esc'], 'Choose no dead letter'],
    ],
  },
  {
    title: 'Integrity, erasure',
    rows: [[['r'], 'Refresh']],
  },
]

export function ShortcutSheet({
  opened,
  onClose,
}: {
  readonly opened: boolean
  readonly onClose: () => void
}) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Keyboard shortcuts">
      <Table verticalSpacing={5} withRowBorders={false}>
        {SHORTCUTS.map(({ title, rows }) => (
          <Table.Tbody key={title}>
            <Table.Tr>
              <Table.Th colSpan={2} pt="sm">
                {title}
              </Table.Th>
            </Table.Tr>
            {rows.map(([keys, label]) => (
              <Table.Tr key={label}>
                <Table.Td w={110}>
                  {keys.map((key, i) => (
                    <Fragment key={key}>
                      {i > 0 && <span className="dim"> · </span>}
                      <Kbd size="xs">{key}</Kbd>
                    </Fragment>
                  ))}
                </Table.Td>
                <Table.Td>{label}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        ))}
      </Table>
    </Dialog>
  )
}
