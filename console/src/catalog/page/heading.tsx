import { type ReactNode, useEffect, useRef } from 'react'
import { Worded } from '../../ui/worded.tsx'
import css from './page.module.css'

interface HeadingProps {
  readonly name: string
  readonly summary: string
  readonly beside?: ReactNode
  readonly tools?: ReactNode
  /** Facts in a line below the name. */
  readonly children?: ReactNode
}

/** What a page of the catalogue begins with. */
export function Heading({ name, summary, beside, tools, children }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // Following a link removed what had the focus: continue at the heading, not at the top of the page.
    if (document.activeElement === document.body) heading.current?.focus()
  }, [])
  return (
    <header>
      <div className={css.top}>
        <h1 ref={heading} tabIndex={-1} className={css.heading}>
          {name}
        </h1>
        {beside}
        {tools && <div className={css.tools}>{tools}</div>}
      </div>
      {children && <div className={css.facts}>{children}</div>}
      <p className={css.lead}>
        <Worded text={summary} />
      </p>
    </header>
  )
}
