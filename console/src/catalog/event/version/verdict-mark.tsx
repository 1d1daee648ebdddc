import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from '@tabler/icons-react'
import type { Verdict } from '../../../api/catalog-types.ts'
import css from './version.module.css'

/** A breaking change is told by a payload; what could not be told is to be taken for one. */
const WORDS = {
  compatible: {
    word: 'Compatible',
    meaning: 'each version reads what was written with the other',
    Icon: IconCircleCheck,
  },
  incompatible: {
    word: 'Breaking',
    meaning: 'one version refuses what was written with the other',
    Icon: IconAlertTriangle,
  },
  unproven: {
    word: 'Not proven compatible',
    meaning: 'it could not be shown that each version reads what was written with the other',
    Icon: IconHelpCircle,
  },
} as const

interface VerdictMarkProps {
  readonly verdict: Verdict
  /** What it means for the versions at hand; in general where it is not given. */
  readonly meaning?: string
}

/** A verdict by shape, colour and word. */
export function VerdictMark({ verdict, meaning = WORDS[verdict].meaning }: VerdictMarkProps) {
  const { word, Icon } = WORDS[verdict]
  return (
    <span className={css.verdict} data-verdict={verdict}>
      <Icon size={16} stroke={1.8} aria-hidden />
      {word}
      <span className={css.meaning}>{meaning}</span>
    </span>
  )
}
