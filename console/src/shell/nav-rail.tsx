import {
  IconBook2,
  IconEraser,
  IconListSearch,
  IconMailOff,
  IconPlayerTrackNext,
  IconRss,
  IconShieldCheck,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMe } from '../auth/use-me.ts'
import { type Page, pagesFor } from './pages.ts'
import css from './shell.module.css'

const ICONS: Readonly<Record<Page['to'], typeof IconBook2>> = {
  '/events': IconListSearch,
  '/catalog': IconBook2,
  '/subscriptions': IconRss,
  '/dead-letters': IconMailOff,
  '/replays': IconPlayerTrackNext,
  '/integrity': IconShieldCheck,
  '/erasure': IconEraser,
}

/** The pages that the key may see; the server holds to it whatever is shown here. */
export function NavRail() {
  const permissions = useMe().data?.permissions ?? []
  return (
    <nav className={css.nav} aria-label="Pages">
      {pagesFor(permissions).map(({ to, label }) => {
        const Icon = ICONS[to]
        return (
          <Link key={to} to={to}>
            <Icon size={20} stroke={1.7} aria-hidden />
            {label}
          </Link>
        )
      })}
    </nav>
  )
}
