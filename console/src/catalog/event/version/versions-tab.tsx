import { NativeSelect, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { catalogEventQuery } from '../../../api/catalog-query.ts'
import type { CatalogEventDetail } from '../../../api/catalog-types.ts'
import { useApi, useSession } from '../../../auth/context.ts'
import { CopyButton } from '../../../ui/copy-button.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { Part } from '../../page/page-frame.tsx'
import { SchemaDiff } from './schema-diff.tsx'
import { Changes, Step } from './step.tsx'
import { stepsBetween, verdictOf } from './steps.ts'
import { VerdictMark } from './verdict-mark.tsx'
import css from './version.module.css'

/** The versions of a type: what changed from any of them to any later one, and each one's changelog. */
export function VersionsTab({ type }: { readonly type: string }) {
  const api = useApi()
  const detail = useQuery(catalogEventQuery(api, useSession()?.tenant ?? null, type))
  if (detail.isPending) return <Skeleton h={240} mt="lg" />
  if (detail.isError) return <ProblemAlert error={detail.error} onRetry={() => void detail.refetch()} />
  return (
    <>
      <Compare detail={detail.data} />
      <Part title="Changelog">
        <Changelog detail={detail.data} />
      </Part>
    </>
  )
}

/** The two versions in the URL, or the newest and the one before it. */
function useChosen({ versions }: CatalogEventDetail) {
  const { from, to } = useSearch({ from: '/signed-in/catalog/events/$type' })
  const names = versions.map(({ version }) => version)
  const last = Math.max(1, names.length - 1)
  const end = to && names.indexOf(to) > 0 ? names.indexOf(to) : last
  const start = from && names.includes(from) ? Math.min(names.indexOf(from), end - 1) : end - 1
  return { names, start, end }
}

function Compare({ detail }: { readonly detail: CatalogEventDetail }) {
  const navigate = useNavigate({ from: '/catalog/events/$type' })
  const { names, start, end } = useChosen(detail)
  const [before, after] = [detail.versions[start], detail.versions[end]]
  if (!before || !after) return null
  const steps = stepsBetween(detail.comparisons, before.version, after.version)
  const verdict = verdictOf(steps)
  const choose = (change: { from?: string; to?: string }) =>
    void navigate({ search: old => ({ ...old, ...change }), replace: true })
  return (
    <Part title="Compare two versions">
      <div className={css.choice}>
        <NativeSelect
          label="From"
          size="xs"
          data={names.slice(0, -1)}
          value={before.version}
          onChange={event => {
            const from = event.currentTarget.value
            const isBehind = names.indexOf(from) >= end
            choose({ from, ...(isBehind && { to: names[names.indexOf(from) + 1] as string }) })
          }}
        />
        <NativeSelect
          label="To"
          size="xs"
          data={names.slice(1)}
          value={after.version}
          onChange={event => choose({ from: before.version, to: event.currentTarget.value })}
        />
        {steps.length > 1 && verdict && (
          <span className={css.whole}>
            Over {steps.length} steps: <VerdictMark verdict={verdict} />
          </span>
        )}
      </div>
      {steps.map(step => (
        <Step key={step.to} step={step} />
      ))}
      <h3 className={css.stepHead}>The schemas, line by line</h3>
      <SchemaDiff before={before.document} after={after.document} />
    </Part>
  )
}

function Changelog({ detail }: { readonly detail: CatalogEventDetail }) {
  const hashes = new Map(detail.versions.map(({ version, hash }) => [version, hash]))
  return detail.changelog.map(({ version, changes }) => {
    const hash = hashes.get(version)
    return (
      <section key={version} className={css.entry} aria-label={`Version ${version}`}>
        <h3 className="mono">{version}</h3>
        <div className={css.entryBody}>
          <Changes changes={changes} />
          {hash !== undefined && (
            <p className={css.hash}>
              <span>
                content hash <span className="mono">{hash}</span>
              </span>
              <CopyButton value={hash} what={`hash of version ${version}`} />
            </p>
          )}
        </div>
      </section>
    )
  })
}
