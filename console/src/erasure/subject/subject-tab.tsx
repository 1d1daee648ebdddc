import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { SubjectView } from '../../api/log-types.ts'
import { useApi } from '../../auth/context.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { Finding } from './finding.tsx'
import { RequestForm } from './request-form.tsx'

interface Found {
  readonly subject: string
  readonly finding: SubjectView
}

/** Looks for a subject, shows what will go, and asks for the erasure. Who it is stands in no URL and in no store. */
export function SubjectTab() {
  const api = useApi()
  const [subject, setSubject] = useState('')
  const search = useMutation({
    mutationFn: async (sought: string): Promise<Found> => ({
      subject: sought,
      finding: await api.send<SubjectView>('/v1/subjects/search', {
        method: 'POST',
        body: { subject: sought },
      }),
    }),
    gcTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (subject !== '' && !search.isPending) search.mutate(subject)
  }
  const found = search.data
  return (
    <>
      <form onSubmit={submit} className={css.search}>
        <TextInput
          label="Subject"
          description="As events name it: a user's id, an e-mail address"
          spellCheck={false}
          autoComplete="off"
          maxLength={1024}
          value={subject}
          onChange={event => setSubject(event.currentTarget.value)}
        />
        <Button type="submit" loading={search.isPending} disabled={subject === ''}>
          See what there is
        </Button>
      </form>
      {search.isError && <ProblemAlert error={search.error} />}
      {found && !search.isPending && (
        <section aria-label="What there is of the subject">
          <Finding finding={found.finding} />
          {found.finding.keys.length > 0 && (
            <RequestForm key={found.subject} subject={found.subject} finding={found.finding} />
          )}
        </section>
      )}
    </>
  )
}
