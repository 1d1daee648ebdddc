import { countText } from '../../delivery/words.ts'
import css from './path.module.css'
import type { Ladder } from './rungs.ts'

const WIDTH = 460
const STEP = 46
const BOX = { width: 116, height: 24 }
const CENTRE = WIDTH / 2
const AWAY = 160
/** Steps of which all are drawn; of a longer way those in the middle are left out. */
const MOST = 9

/** The way from the leaf up to the root: what was computed stands in the middle, what the proof gave beside it. */
export function PathDrawing({ ladder }: { readonly ladder: Ladder }) {
  const { rungs, top, index, size, isRoot } = ladder
  const isCut = rungs.length > MOST
  const half = Math.floor(MOST / 2)
  const shown = isCut ? [...rungs.slice(0, half), undefined, ...rungs.slice(-half)] : rungs
  const height = shown.length * STEP + BOX.height + 8
  const yAt = (at: number) => height - BOX.height / 2 - 4 - at * STEP
  const left = rungs.length - 2 * half
  return (
    <figure className={css.figure}>
      <svg
        className={css.drawing}
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={`Leaf ${index} of ${size}: ${rungs.length} steps up to the root ${top}`}
      >
        {shown.map((rung, at) => {
          const y = yAt(at)
          if (rung === undefined)
            return (
              <g key="cut">
                <path className={css.cut} d={`M${CENTRE} ${y}V${y - STEP}`} />
                <text className={css.text} x={CENTRE + 10} y={y - STEP / 2 + 8}>
                  {left} steps more
                </text>
              </g>
            )
          const x = CENTRE + (rung.side === 'left' ? -AWAY : AWAY)
          return (
            <g key={rung.node}>
              <path className={css.own} d={`M${CENTRE} ${y}V${y - STEP}`} />
              <path className={css.beside} d={`M${x} ${y}V${y - STEP / 2}H${CENTRE}`} />
              <Box x={x} y={y} text={rung.beside} kind="beside" />
              <Box x={CENTRE} y={y} text={rung.node} kind={at === 0 ? 'leaf' : 'own'} />
            </g>
          )
        })}
        <Box x={CENTRE} y={yAt(shown.length)} text={top} kind={isRoot ? 'root' : 'other'} />
      </svg>
      <figcaption className={css.legend}>
        <span data-kind="leaf">leaf {index}</span>
        <span data-kind="own">computed here</span>
        <span data-kind="beside">from the proof</span>
        <span data-kind={isRoot ? 'root' : 'other'}>
          {isRoot ? `root of ${countText(size, 'leaf', 'leaves')}` : 'not the signed root'}
        </span>
      </figcaption>
    </figure>
  )
}

interface BoxProps {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly kind: 'leaf' | 'own' | 'beside' | 'root' | 'other'
}

function Box({ x, y, text, kind }: BoxProps) {
  return (
    <g className={css.box} data-kind={kind}>
      <title>{text}</title>
      <rect x={x - BOX.width / 2} y={y - BOX.height / 2} width={BOX.width} height={BOX.height} rx={4} />
      <text x={x} y={y} dy="0.34em" textAnchor="middle">
        {text.slice(0, 11)}…
      </text>
    </g>
  )
}
