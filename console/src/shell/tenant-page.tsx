import { Skeleton, Text, Title } from '@mantine/core'
import { useTenants } from '../auth/use-me.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import css from './shell.module.css'

export function TenantPage({ onChoose }: { readonly onChoose: (id: string) => void }) {
  usePageTitle('Choose a tenant')
  const tenants = useTenants(true)
  return (
    <div className={css.tenants}>
      <Title order={1} size="h3">
        Choose a tenant
      </Title>
      <Text c="dimmed" size="sm" mt={4} mb="lg">
        Your key administers the whole platform. Events belong to one tenant at a time; you can switch in the
        top bar.
      </Text>
      {tenants.isPending && <Skeleton h={130} />}
      {tenants.isError && <ProblemAlert error={tenants.error} onRetry={() => void tenants.refetch()} />}
      <ul className={css.list}>
        {tenants.data?.map(tenant => (
          <li key={tenant.id}>
            <button type="button" className={css.tenant} onClick={() => onChoose(tenant.id)}>
              <span>{tenant.name}</span>
              <span className="mono dim">{tenant.id}</span>
            </button>
          </li>
        ))}
      </ul>
      {tenants.data?.length === 0 && <Text>There is no tenant on this server yet.</Text>}
    </div>
  )
}
