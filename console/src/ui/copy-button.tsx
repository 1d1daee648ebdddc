import { ActionIcon, CopyButton as Copy, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

interface CopyButtonProps {
  readonly value: string
  /** What is copied, for the label: `Copy event id`. */
  readonly what: string
  readonly className?: string | undefined
}

export function CopyButton({ value, what, className }: CopyButtonProps) {
  return (
    <Copy value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
          <ActionIcon
            size="xs"
            aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
            onClick={copy}
            className={className}
          >
            {copied ? <IconCheck size={14} color="var(--k-ok)" /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </Copy>
  )
}
