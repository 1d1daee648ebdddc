import { ActionIcon, Tooltip } from '@mantine/core'
import { IconKeyboard, IconLogout } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useConsole } from '../auth/context.ts'
import { useMe } from '../auth/use-me.ts'
import { Wordmark } from '../ui/wordmark.tsx'
import { SchemeMenu } from './scheme-menu.tsx'
import css from './shell.module.css'
import { TenantSwitch } from './tenant-switch.tsx'

export function TopBar({ onHelp }: { readonly onHelp: () => void }) {
  const { session } = useConsole()
  const me = useMe()
  const navigate = useNavigate()
  const signOut = async () => {
    // The next one to sign in here begins at the start, not at what this key was looking at.
    await navigate({ to: '/events', search: {} })
    session.signOut()
  }
  return (
    <header className={css.top}>
      <Link to="/events" className={css.home} aria-label="Keelson, to the events">
        <Wordmark />
      </Link>
      {me.data && (
        <>
          <span className={css.divider} />
          <TenantSwitch me={me.data} />
        </>
      )}
      <span className={css.spacer} />
      {me.data && (
        <span className={css.who}>
          {me.data.key.name} · {me.data.role} · version {me.data.version}
        </span>
      )}
      <Tooltip label="Keyboard shortcuts (?)">
        <ActionIcon aria-label="Keyboard shortcuts" onClick={onHelp}>
          <IconKeyboard size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <SchemeMenu />
      <Tooltip label="Sign out">
        <ActionIcon aria-label="Sign out" onClick={() => void signOut()}>
          <IconLogout size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </header>
  )
}
