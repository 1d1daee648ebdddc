import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import css from './integrity.module.css'
import type { Check } from './verify.ts'

export function CheckList({ checks }: { readonly checks: readonly Check[] }) {
  const failed = checks.filter(check => !check.passed).length
  return (
    <>
      <p role="status" className={failed === 0 ? css.good : css.bad}>
        {failed === 0
          ? `All ${checks.length} checks passed: the content matches its leaf.`
          : `${failed} of ${checks.length} checks failed: do not rely on this event as shown.`}
      </p>
      <ol className={css.checks}>
        {checks.map(check => (
          <li key={check.id} className={css.check}>
            {check.passed ? (
              <IconCircleCheck size={19} color="var(--k-ok)" aria-label="Passed" />
            ) : (
              <IconCircleX size={19} color="var(--k-bad)" aria-label="Failed" />
            )}
            <div className={css.detail}>
              <h3>{check.title}</h3>
              {check.faults.map(fault => (
                <p key={fault} className={css.bad}>
                  {fault}
                </p>
              ))}
              <dl>
                {check.facts.map(fact => (
                  <div key={fact.label}>
                    <dt>{fact.label}</dt>
                    <dd className="mono">{fact.value}</dd>
                  </div>
                ))}
              </dl>
            </div>
          </li>
        ))}
      </ol>
    </>
  )
}
