import type { ReactNode } from 'react'
import css from '../catalog/page/page.module.css'
import { usePageTitle } from '../ui/use-page-title.ts'

interface FrameProps {
  /** What the page is about; also its title. */
  readonly name: string
  readonly kind: string
  /** The way back. */
  readonly back: ReactNode
  readonly children: ReactNode
}

/** A page below one of the lists, with the way back to it. */
export function Frame({ name, kind, back, children }: FrameProps) {
  usePageTitle(`${name} · ${kind}`)
  return (
    <div className={css.page}>
      <div className={css.inner}>
        <nav aria-label="Breadcrumb" className={css.crumbs}>
          {back} <span aria-hidden>/</span> {name}
        </nav>
        {children}
      </div>
    </div>
  )
}
