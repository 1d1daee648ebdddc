import { Button, Menu, Text } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { Me } from '../api/types.ts'
import { useConsole, useSession } from '../auth/context.ts'
import { useTenants } from '../auth/use-me.ts'

/** The tenant whose events are shown; a platform-admin key can change it. */
export function TenantSwitch({ me }: { readonly me: Me }) {
  const chosen = useSession()?.tenant
  const { session } = useConsole()
  const navigate = useNavigate()
  const admin = me.role === 'platform-admin'
  const tenants = useTenants(admin)
  if (!admin) return <Text size="sm">{me.tenant?.name ?? me.tenant?.id}</Text>

  const choose = async (id: string) => {
    // The filter and the open event belong to the tenant that is left behind.
    await navigate({ to: '/events', search: {} })
    session.chooseTenant(id)
  }
  const current = tenants.data?.find(t => t.id === chosen)
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button size="compact-sm" variant="subtle" color="gray" rightSection={<IconChevronDown size={14} />}>
          {current?.name ?? chosen ?? 'Choose a tenant'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Menu.Label c="dimmed">Tenants</Menu.Label>
        {tenants.data?.map(tenant => (
          <Menu.Item
            key={tenant.id}
            onClick={() => void choose(tenant.id)}
            rightSection={tenant.id === chosen ? <IconCheck size={14} aria-label="chosen" /> : undefined}
          >
            {tenant.name}
            <Text size="xs" className="mono">
              {tenant.id}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
