import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { doubtData, FOLLOWED } from './reach.ts'

it('asks again for what is shown when the server is back, and for all else when it is looked at', async () => {
  const queries = new QueryClient()
  const asked: string[] = []
  const options = (name: string, meta = {}) => ({
    queryKey: [name],
    queryFn: () => {
      asked.push(name)
      return name
    },
    staleTime: Number.POSITIVE_INFINITY,
    meta,
  })
  await queries.fetchQuery(options('left'))
  await queries.fetchQuery(options('shown'))
  await queries.fetchQuery(options('followed'))
  const watch = (name: string, meta = {}) =>
    new QueryObserver(queries, options(name, meta)).subscribe(() => {})
  const ends = [watch('shown'), watch('followed', FOLLOWED)]
  asked.length = 0

  await doubtData(queries, false)
  expect(asked).toEqual([])
  await doubtData(queries, true)
  expect(asked).toEqual(['shown'])
  ends.push(watch('left'))
  expect(asked).toEqual(['shown', 'left'])
  for (const end of ends) end()
})
