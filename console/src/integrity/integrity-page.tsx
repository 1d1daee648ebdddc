import { useQuery } from '@tanstack/react-query'
import { logQuery } from '../api/log-query.ts'
import type { LogStatusView } from '../api/log-types.ts'
import { useApi, useSession } from '../auth/context.ts'
import page from '../catalog/page/page.module.css'
import { Awaited, Part } from '../catalog/page/page-frame.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { useShortcuts } from '../ui/use-shortcuts.ts'
import { BundlePart } from './bundle-part.tsx'
import { CheckPart } from './check-part.tsx'
import { CheckpointTable } from './checkpoint-table.tsx'
import { GrowthPicture } from './growth-picture.tsx'
import { HeadPart } from './head-part.tsx'
import { IntegrityHeading } from './integrity-heading.tsx'
import { KeysPart } from './keys-part.tsx'
import { LogTiles } from './log-tiles.tsx'
import picture from './picture.module.css'
import { TreePicture } from './tree-picture.tsx'
import { useCheckpoints } from './use-checkpoints.ts'

export function IntegrityPage() {
  usePageTitle('Integrity')
  const api = useApi()
  const status = useQuery(logQuery(api, useSession()?.tenant ?? null))
  useShortcuts({ r: () => void status.refetch() })
  return (
    <div className={page.page}>
      <div className={page.inner}>
        {!status.data && <Awaited query={status} what="log" />}
        {status.data && status.isError && (
          <ProblemAlert error={status.error} onRetry={() => void status.refetch()} />
        )}
        {status.data && <Whole status={status.data} />}
      </div>
    </div>
  )
}

function Whole({ status }: { readonly status: LogStatusView }) {
  const { checkpoint, origin, pending } = status
  const { list, items } = useCheckpoints(checkpoint?.size)
  return (
    <>
      <IntegrityHeading status={status} />
      <LogTiles status={status} />
      {checkpoint === null ? (
        <Part title={pending === 0 ? 'Nothing to sign yet' : 'Nothing is signed yet'}>
          <p className={page.lead}>
            The log is signed when it has its first event, after 256 events or a second, whichever comes
            first.
          </p>
        </Part>
      ) : (
        <>
          <div className={picture.pictures}>
            <TreePicture size={checkpoint.size} before={items[1]?.size} />
            <GrowthPicture items={items} />
          </div>
          <Part title="The newest head">
            <HeadPart origin={origin} head={checkpoint} />
          </Part>
          <CheckPart status={status} />
          <BundlePart status={status} />
          <Part title="Checkpoints">
            <CheckpointTable list={list} items={items} />
          </Part>
        </>
      )}
      <KeysPart />
    </>
  )
}
