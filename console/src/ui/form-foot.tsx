import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import css from './form-foot.module.css'
import { ProblemAlert } from './problem-alert.tsx'

interface FormFootProps {
  /** What failed and stands beside no field, else null. */
  readonly error: unknown
  /** The buttons. */
  readonly children: ReactNode
}

/** The end of a form in a dialog: what failed, and the buttons, in sight however long either is. */
export function FormFoot({ error, children }: FormFootProps) {
  return (
    <div className={css.foot}>
      {error !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <div className={css.problem} tabIndex={0}>
          <ProblemAlert error={error} />
        </div>
      )}
      <Group justify="flex-end" gap="xs">
        {children}
      </Group>
    </div>
  )
}
