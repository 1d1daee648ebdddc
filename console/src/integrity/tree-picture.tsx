import { countText, numberText } from '../delivery/words.ts'
import css from './picture.module.css'
import { treeLayout } from './tree-layout.ts'

const WIDTH = 520
const HEIGHT = 196
const BASE = 148
const TOP = 22

interface TreePictureProps {
  readonly size: number
  /** Leaves of the checkpoint before, behind which everything is new. */
  readonly before: number | undefined
}

/** The tree of the log as the perfect trees that it is made of, the oldest leaves on the left, under one root. */
export function TreePicture({ size, before }: TreePictureProps) {
  const { shapes, root, width } = treeLayout(size, { width: WIDTH, base: BASE, top: TOP })
  return (
    <figure className={css.figure}>
      <figcaption className={css.caption}>The tree of the log</figcaption>
      <svg
        className={css.drawing}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`One root over ${countText(size, 'leaf', 'leaves')}, which make ${countText(shapes.length, 'whole tree')}`}
      >
        <g transform={`translate(${(WIDTH - width) / 2} 0)`}>
          {shapes.map(({ from, x: at, peak }) => (
            <path key={from} className={css.arm} d={`M${root.x} ${root.y}L${at} ${peak}`} />
          ))}
          {shapes.map(({ from, to, x: at, width: wide, peak }) => (
            <g key={from} className={css.tree}>
              <title>{`Leaves ${numberText(from)} to ${numberText(to - 1)}`}</title>
              <path d={triangle(at, peak, wide)} />
              {before !== undefined && before < to && (
                <path
                  className={css.fresh}
                  d={triangle(at, peak, wide)}
                  // Only the part that has the new leaves.
                  style={{
                    clipPath: `inset(0 0 0 ${(100 * Math.max(0, before - from)) / (to - from)}%)`,
                  }}
                />
              )}
              <circle cx={at} cy={peak} r={3.5} />
              {wide > 20 && (
                <text x={at} y={BASE + 17} textAnchor="middle">
                  {shortCount(to - from)}
                </text>
              )}
            </g>
          ))}
          <circle className={css.root} cx={root.x} cy={root.y} r={7} />
          <text className={css.rootText} x={root.x + 14} y={root.y} dy="0.34em">
            root of {numberText(size)}
          </text>
        </g>
      </svg>
      <p className={css.legend}>
        <span data-kind="old">leaves in whole trees</span>
        {before !== undefined && before < size && (
          <span data-kind="new">new since the checkpoint before</span>
        )}
      </p>
    </figure>
  )
}

const triangle = (x: number, peak: number, width: number): string =>
  `M${x} ${peak}L${x + width / 2} ${BASE}H${x - width / 2}Z`

const shortCount = (count: number): string =>
  count < 8192 ? String(count) : count < 2 ** 20 ? `${count / 1024}k` : `${count / 2 ** 20}M`
