import { Button, Code, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { asProblem } from '../api/problem.ts'
import type { Me } from '../api/types.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { Wordmark } from '../ui/wordmark.tsx'
import { useConsole } from './context.ts'
import css from './sign-in.module.css'

export function SignInPage() {
  usePageTitle('Sign in')
  const { session } = useConsole()
  const { to } = useSearch({ from: '/sign-in' })
  const ended = session.ended

  return (
    <main className={css.page}>
      <div className={css.card}>
        <Wordmark />
        <Stack gap={4} mt="lg" mb="md">
          <Title order={1} size="h3">
            Sign in
          </Title>
          <Text size="sm" c="dimmed">
            {ended ? `You were signed out: ${ended}` : 'with an API key of this server.'}
            {ended && to && ' You will come back to where you were.'}
          </Text>
        </Stack>
        <SignInForm />
        <details className={css.help}>
          <summary>I have no key</summary>
          <p>
            The server prints an administrator's key once, at its first start: look at the output of{' '}
            <Code>npm start</Code>. Otherwise ask whoever runs this server for a key; <em>reader</em> is
            enough to browse.
          </p>
        </details>
        <p className={css.note}>The key stays in this tab and is forgotten when you close it.</p>
      </div>
    </main>
  )
}

function SignInForm() {
  const { api, session } = useConsole()
  const [key, setKey] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const trimmed = key.trim()
    if (trimmed === '' || busy) return
    setBusy(true)
    setError(null)
    try {
      await api.get<Me>('/v1/me', { credentials: { key: trimmed, tenant: null } })
      // The router's guard, told by the session, leads to where one was going.
      session.signIn(trimmed)
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <PasswordInput
          label="API key"
          value={key}
          onChange={change => setKey(change.currentTarget.value)}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          aria-invalid={error !== null && asProblem(error).status === 401}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the key', tabIndex: 0 }}
        />
        {error !== null && <ProblemAlert error={error} />}
        <Button type="submit" loading={busy} disabled={key.trim() === ''}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
