import { Checkbox, Group } from '@mantine/core'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { useActiveApprovers } from './use-active-approvers.ts'

interface ApproverChoiceProps {
  readonly chosen: string[]
  readonly onChoose: (names: string[]) => void
}

/** Who of the approvers is to sign a removal; says so where there is none. */
export function ApproverChoice({ chosen, onChoose }: ApproverChoiceProps) {
  const { approvers, active } = useActiveApprovers()
  return (
    <>
      {approvers.isError && <ProblemAlert error={approvers.error} />}
      {active.length > 0 && (
        <Checkbox.Group
          label="Who signs it"
          description="None chosen: the first of them, as many as are needed"
          value={chosen}
          onChange={onChoose}
        >
          <Group gap="lg" mt={6}>
            {active.map(({ name }) => (
              <Checkbox key={name} size="xs" value={name} label={name} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
      {approvers.isSuccess && active.length === 0 && (
        <p className={css.lead}>
          No approver is registered, so nobody has to sign: an auditor sees a record that the operator alone
          has made. Register one under Approvers.
        </p>
      )}
    </>
  )
}
