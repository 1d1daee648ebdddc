import { IconBook2, IconListSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import css from './shell.module.css'

export function NavRail() {
  return (
    <nav className={css.nav} aria-label="Pages">
      <Link to="/events">
        <IconListSearch size={20} stroke={1.7} aria-hidden />
        Events
      </Link>
      <Link to="/catalog">
        <IconBook2 size={20} stroke={1.7} aria-hidden />
        Catalogue
      </Link>
    </nav>
  )
}
