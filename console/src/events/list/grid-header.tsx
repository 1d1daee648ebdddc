// biome-ignore-all lint/a11y/useSemanticElements: a virtual list of positioned rows cannot be a table
// biome-ignore-all lint/a11y/useFocusableInteractive: focus stays on the grid, which points at the active row
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import css from './grid.module.css'

interface GridHeaderProps {
  readonly order: 'asc' | 'desc'
  readonly onOrder: () => void
}

export function GridHeader({ order, onOrder }: GridHeaderProps) {
  const Arrow = order === 'desc' ? IconArrowDown : IconArrowUp
  return (
    <div role="row" aria-rowindex={1} className={`${css.header} ${css.columns}`}>
      <Head className={css.time} sort={order === 'desc' ? 'descending' : 'ascending'}>
        <button
          type="button"
          className={css.sort}
          onClick={onOrder}
          title={
            order === 'desc'
              ? 'The last to occur comes first. Show the first to occur first'
              : 'The first to occur comes first. Show the last to occur first'
          }
        >
          Time <Arrow size={13} aria-hidden />
        </button>
      </Head>
      <Head className={css.actor}>Actor</Head>
      <Head className={css.action}>Action</Head>
      <Head className={css.resource}>Resource</Head>
      <Head className={css.outcome}>Outcome</Head>
      <Head className={css.address}>Address</Head>
      <Head className={css.summary}>Summary</Head>
    </div>
  )
}

interface HeadProps {
  readonly className: string | undefined
  readonly sort?: 'ascending' | 'descending'
  readonly children: React.ReactNode
}

function Head({ className, sort, children }: HeadProps) {
  return (
    <div role="columnheader" aria-sort={sort} className={`${css.cell} ${className}`}>
      {children}
    </div>
  )
}
