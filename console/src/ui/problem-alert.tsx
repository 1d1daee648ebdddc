import { Alert, Button, Code, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { asProblem } from '../api/problem.ts'
import css from './problem-alert.module.css'

interface ProblemAlertProps {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
}

/** A failed call in the server's own words, with its stable code, and a retry where one makes sense. */
export function ProblemAlert({ error, onRetry }: ProblemAlertProps) {
  const problem = asProblem(error)
  return (
    <Alert
      role="alert"
      variant="light"
      color="red"
      icon={<IconAlertTriangle aria-hidden />}
      title={problem.title}
      classNames={{ root: css.alert, title: css.tone, icon: css.tone }}
    >
      {problem.message !== problem.title && <Text size="sm">{problem.message}</Text>}
      {problem.remedy && (
        <Text size="sm" mt={4}>
          {problem.remedy}
        </Text>
      )}
      {problem.errors.length > 0 && (
        <List size="sm" mt={4}>
          {problem.errors.map(fault => (
            <List.Item key={fault.pointer + fault.message}>
              <span className="mono">{fault.pointer}</span> {fault.message}
              {fault.hint && <span className="dim"> ({fault.hint})</span>}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="xs" mt={6}>
        <Code>{problem.code}</Code>
        {problem.status > 0 && ` HTTP ${problem.status}`}
      </Text>
      {onRetry && problem.transient && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  )
}
