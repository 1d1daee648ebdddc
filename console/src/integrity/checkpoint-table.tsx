import { ActionIcon, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { CheckpointItem } from '../api/log-types.ts'
import { useApi } from '../auth/context.ts'
import table from '../delivery/table.module.css'
import { numberText } from '../delivery/words.ts'
import { saveFile } from '../log/save-file.ts'
import { FullTimestamp } from '../time/timestamp.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import css from './integrity.module.css'
import type { CheckpointList } from './use-checkpoints.ts'
import { checkpointRows } from './words.ts'

interface CheckpointTableProps {
  readonly list: CheckpointList
  readonly items: readonly CheckpointItem[]
}

/** Every head that was signed is kept: the newest first, each to download. */
export function CheckpointTable({ list, items }: CheckpointTableProps) {
  const api = useApi()
  const save = useMutation({
    mutationFn: async (size: number) => {
      const note = await api.text('/v1/log/checkpoint', { query: { size } })
      saveFile(`checkpoint-${size}.txt`, note)
    },
  })
  return (
    <>
      {list.isError && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      {save.isError && <ProblemAlert error={save.error} />}
      <div className={table.plain}>
        <table className={`${table.table} ${css.narrow}`} aria-label="Kept checkpoints">
          <thead>
            <tr>
              <th className={table.number}>Leaves</th>
              <th className={table.number}>Added</th>
              <th className={table.wide}>Signed</th>
              <th>
                <span className={css.hidden}>Download</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {checkpointRows(items, !list.hasNextPage).map(({ size, at, added }) => (
              <tr key={size}>
                <td className={table.number}>{numberText(size)}</td>
                <td className={table.number}>{added === undefined ? '' : `+${numberText(added)}`}</td>
                <td className={table.wide}>
                  <FullTimestamp value={at} />
                </td>
                <td>
                  <Tooltip label="Download the checkpoint">
                    <ActionIcon
                      size="sm"
                      aria-label={`Download the checkpoint of ${size}`}
                      onClick={() => save.mutate(size)}
                    >
                      <IconDownload size={15} />
                    </ActionIcon>
                  </Tooltip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {list.hasNextPage && (
        <button
          type="button"
          className={css.more}
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </button>
      )}
    </>
  )
}
