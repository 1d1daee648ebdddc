import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMe } from '../auth/use-me.ts'
import page from '../catalog/page/page.module.css'
import { usePageTitle } from '../ui/use-page-title.ts'
import { ApproversTab } from './approver/approvers-tab.tsx'
import { HoldsTab } from './hold/holds-tab.tsx'
import { ErasureTable } from './list/erasure-table.tsx'
import { RedactionTable } from './redaction/redaction-table.tsx'
import { RetentionTab } from './retention/retention-tab.tsx'
import { SubjectTab } from './subject/subject-tab.tsx'
import { ERASURE_TABS, type ErasureTab, readErasureTab } from './tab.ts'

const PANELS: Readonly<
  Record<ErasureTab, { readonly label: string; readonly Panel: () => React.ReactNode }>
> = {
  subject: { label: 'Erase a subject', Panel: SubjectTab },
  erasures: { label: 'Erasures', Panel: ErasureTable },
  redactions: { label: 'Redactions', Panel: RedactionTable },
  holds: { label: 'Holds', Panel: HoldsTab },
  approvers: { label: 'Approvers', Panel: ApproversTab },
  retention: { label: 'Retention', Panel: RetentionTab },
}

export function ErasurePage() {
  usePageTitle('Erasure')
  const { tab = 'subject' } = useSearch({ from: '/signed-in/erasure' })
  const navigate = useNavigate({ from: '/erasure' })
  const me = useMe()
  const mayRemove = me.data?.permissions.includes('removal:manage') ?? true
  return (
    <div className={page.page}>
      <div className={page.inner}>
        <div className={page.top} style={{ marginTop: 0 }}>
          <h1 className={page.heading}>Erasure</h1>
        </div>
        {mayRemove ? (
          <Tabs
            value={tab}
            onChange={name => void navigate({ search: readErasureTab({ tab: name }) })}
            keepMounted={false}
            mt="md"
            color="var(--k-accent)"
          >
            <Tabs.List>
              {ERASURE_TABS.map(name => (
                <Tabs.Tab key={name} value={name}>
                  {PANELS[name].label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {ERASURE_TABS.map(name => {
              const { Panel } = PANELS[name]
              return (
                <Tabs.Panel key={name} value={name} pt="lg">
                  <Panel />
                </Tabs.Panel>
              )
            })}
          </Tabs>
        ) : (
          <p className={page.lead}>
            This key may not remove content: its role is {me.data?.role}. Sign in with an administrator's key.
          </p>
        )}
      </div>
    </div>
  )
}
