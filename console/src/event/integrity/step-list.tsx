import {
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconShieldCheck,
  IconShieldX,
} from '@tabler/icons-react'
import css from './integrity.module.css'
import { STEP_TITLES, type Step, type StepState } from './step.ts'

const ICONS: Readonly<
  Record<StepState, { readonly Icon: typeof IconCircleX; readonly colour: string; readonly name: string }>
> = {
  passed: { Icon: IconCircleCheck, colour: 'var(--k-ok)', name: 'Passed' },
  failed: { Icon: IconCircleX, colour: 'var(--k-bad)', name: 'Failed' },
  skipped: { Icon: IconCircleMinus, colour: 'var(--k-mute)', name: 'Skipped' },
}

export function StepList({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <>
      <Verdict steps={steps} />
      <ol className={css.steps}>
        {steps.map(({ id, state, facts, notes }) => {
          const { Icon, colour, name } = ICONS[state]
          return (
            <li key={id} className={css.step}>
              <Icon size={19} color={colour} aria-label={name} />
              <div className={css.detail}>
                <h3>{STEP_TITLES[id]}</h3>
                {notes.map(note => (
                  <p key={note} className={state === 'failed' ? css.bad : css.why}>
                    {note}
                  </p>
                ))}
                {facts.length > 0 && (
                  <dl>
                    {facts.map(({ label, value }) => (
                      <div key={label + value}>
                        <dt>{label}</dt>
                        <dd className="mono">{value}</dd>
                      </div>
                    ))}
                  </dl>
                )}
              </div>
            </li>
          )
        })}
      </ol>
    </>
  )
}

function Verdict({ steps }: { readonly steps: readonly Step[] }) {
  const count = (state: StepState) => steps.filter(step => step.state === state).length
  const failed = steps.filter(({ state }) => state === 'failed')
  const [passed, left] = [count('passed'), count('skipped')]
  if (failed.length > 0)
    return (
      <p role="status" className={css.verdict} data-tone="bad">
        <IconShieldX size={20} aria-hidden />
        {failed.length === 1 ? 'One step failed' : `${failed.length} steps failed`}: do not rely on this event
        as shown.
      </p>
    )
  return (
    <p role="status" className={css.verdict} data-tone="ok">
      <IconShieldCheck size={20} aria-hidden />
      Verified in your browser: {passed} steps passed
      {left > 0 && `, ${left} had nothing to verify`}.
    </p>
  )
}
