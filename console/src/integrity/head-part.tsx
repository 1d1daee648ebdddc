import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { parsePolicy } from 'keelson/proof'
import type { Api } from '../api/client.ts'
import { LOG } from '../api/log-query.ts'
import type { ConsistencyView, LogHeadView } from '../api/log-types.ts'
import { asProblem } from '../api/problem.ts'
import { useApi, useSession } from '../auth/context.ts'
import { Mark } from '../delivery/mark.tsx'
import { countText } from '../delivery/words.ts'
import { Hash } from '../log/hash.tsx'
import { Ago, FullTimestamp } from '../time/timestamp.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { checkHead, type HeadFinding, keepHead, readKept } from './head-check.ts'
import css from './integrity.module.css'

interface HeadPartProps {
  readonly origin: string
  readonly head: LogHeadView
}

/** The newest head, and what this browser can say of it by itself. */
export function HeadPart({ origin, head }: HeadPartProps) {
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const queries = useQueryClient()
  const finding = useQuery({
    queryKey: [LOG, tenant, 'finding', head.text],
    queryFn: ({ signal }) => lookAt(api, origin, head.text, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const keepInstead = () => {
    keepHead(localStorage, origin, head.text, new Date().toISOString())
    void queries.invalidateQueries({ queryKey: [LOG, tenant, 'finding'] })
  }
  return (
    <dl className={css.head}>
      <div>
        <dt>Root</dt>
        <dd>
          <Hash value={head.root} what="root" />
        </dd>
      </div>
      <div>
        <dt>Leaves</dt>
        <dd>{head.size.toLocaleString('en')}</dd>
      </div>
      <div>
        <dt>Signed</dt>
        <dd>
          <FullTimestamp value={head.at} />
        </dd>
      </div>
      <div>
        <dt>In your browser</dt>
        <dd>
          {finding.isPending && <span className="dim">looking…</span>}
          {finding.isError && <ProblemAlert error={finding.error} onRetry={() => void finding.refetch()} />}
          {finding.data && <Finding finding={finding.data} onKeep={keepInstead} />}
        </dd>
      </div>
    </dl>
  )
}

async function lookAt(api: Api, origin: string, note: string, signal: AbortSignal): Promise<HeadFinding> {
  const policy = parsePolicy(await api.text('/v1/log/policy', { signal }))
  const finding = await checkHead(note, policy, readKept(localStorage, origin), async (from, to) => {
    const proof = api.get<ConsistencyView>('/v1/log/proofs/consistency', { query: { from, to }, signal })
    return proof.then(({ path }) => path).catch(failUnlessRefused)
  })
  if (finding.state === 'kept' || finding.state === 'goes-on')
    keepHead(localStorage, origin, note, new Date().toISOString())
  return finding
}

/** A log that was cut off behind the head that was kept has no proof to give. */
function failUnlessRefused(error: unknown): undefined {
  const { status } = asProblem(error)
  if (status < 400 || status >= 500) throw error
}

function Finding({ finding, onKeep }: { readonly finding: HeadFinding; readonly onKeep: () => void }) {
  const { state, from = 0, keptAt } = finding
  const before = keptAt && (
    <>
      the head of {countText(from, 'leaf', 'leaves')} that was kept here <Ago value={keptAt} />
    </>
  )
  if (state === 'unsigned') return <Mark tone="bad">None of the log's keys has signed this head</Mark>
  if (state === 'kept')
    return (
      <Mark tone="ok">The signature is right. The head is kept here, for a later visit to compare with</Mark>
    )
  if (state === 'same')
    return <Mark tone="ok">The signature is right, and it is the head that was kept here</Mark>
  if (state === 'older')
    return <Mark tone="ok">The signature is right, and a newer head that was kept here goes on from it</Mark>
  if (state === 'goes-on')
    return (
      <Mark tone="ok">
        <span className={css.wrap}>The signature is right, and the log goes on from {before}</span>
      </Mark>
    )
  return (
    <>
      <Mark tone="bad">
        <span className={css.wrap}>
          The log does not go on from {before}: it was rewritten, or it is another log of this name
        </span>
      </Mark>
      <Button size="compact-xs" variant="default" mt={6} onClick={onKeep}>
        Keep this head instead
      </Button>
    </>
  )
}
