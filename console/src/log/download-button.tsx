import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useApi } from '../auth/context.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { saveFile } from './save-file.ts'

interface DownloadButtonProps {
  /** Of the API; its answer is text. */
  readonly path: string
  readonly fileName: string
  readonly children: ReactNode
}

/** Fetches a text with the key of the session, and hands it over as a file. */
export function DownloadButton({ path, fileName, children }: DownloadButtonProps) {
  const api = useApi()
  const action = useMutation({
    mutationFn: () => api.text(path),
    onSuccess: text => saveFile(fileName, text),
  })
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={14} />}
        loading={action.isPending}
        onClick={() => action.mutate()}
      >
        {children}
      </Button>
      {action.isError && <ProblemAlert error={action.error} />}
    </>
  )
}
