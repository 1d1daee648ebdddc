import { Loader, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Role } from '../api/types.ts'
import { useConsole, useSession } from '../auth/context.ts'
import { useMe } from '../auth/use-me.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { useShortcuts } from '../ui/use-shortcuts.ts'
import { NavRail } from './nav-rail.tsx'
import { pagesFor } from './pages.ts'
import css from './shell.module.css'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import { TenantPage } from './tenant-page.tsx'
import { TopBar } from './top-bar.tsx'

export function Shell() {
  const [helpOpen, help] = useDisclosure(false)
  useShortcuts({ '?': help.open })
  useEffect(() => {
    void import('../integrity/bundle-target.ts').then(({ removeLeftBundles }) =>
      removeLeftBundles(Date.now()),
    )
  }, [])
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#content">
        Skip to the content
      </a>
      <TopBar onHelp={help.open} />
      <NavRail />
      <main className={css.content} id="content" tabIndex={-1}>
        <Content />
      </main>
      <ShortcutSheet opened={helpOpen} onClose={help.close} />
    </div>
  )
}

/** A platform-admin key belongs to no tenant: it must choose one before there is anything to show. */
function Content() {
  const me = useMe()
  const session = useSession()
  const { session: store } = useConsole()
  if (!session) return null
  // A server that is away for a while takes nothing from who this is, nor the page that says what does not come.
  if (me.isError && !me.data) {
    return (
      <div className={css.centre}>
        <VisuallyHidden component="h1">Keelson</VisuallyHidden>
        <ProblemAlert error={me.error} onRetry={() => void me.refetch()} />
      </div>
    )
  }
  if (!me.data) {
    return (
      <div className={css.centre}>
        <VisuallyHidden component="h1">Loading</VisuallyHidden>
        <Loader size="sm" aria-label="Loading" />
      </div>
    )
  }
  if (me.data.role === 'platform-admin' && !session.tenant)
    return <TenantPage onChoose={id => store.chooseTenant(id)} />
  if (pagesFor(me.data.permissions).length === 0) return <NoPage role={me.data.role} />
  return <Outlet key={session.tenant} />
}

/** A key that only sends has nothing to look at, and each page would be a refusal. */
function NoPage({ role }: { readonly role: Role }) {
  return (
    <div className={css.centre}>
      <Stack gap="xs" maw={480}>
        <Title order={1} size="h3">
          This key may look at nothing
        </Title>
        <Text c="dimmed">
          Its role is {role}. To see events, sign in with a key that may read: a reader's is enough.
        </Text>
      </Stack>
    </div>
  )
}
