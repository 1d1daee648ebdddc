import '@mantine/core/styles.css'
import './styles.css'
import { QueryClient } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createApi } from './api/client.ts'
import { ApiProblem, asProblem } from './api/problem.ts'
import { doubtData } from './api/reach.ts'
import { App } from './app.tsx'
import { Session } from './auth/session.ts'
import { createConsoleRouter } from './router.tsx'

const session = new Session(sessionStorage)
const api = createApi({
  fetch: (...args) => fetch(...args),
  credentials: () => session.current,
  onUnauthorized: problem => session.signOut(problem.message),
  onReach: isReached => void doubtData(queries, isReached),
})
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && asProblem(error).transient,
      retryDelay: attempt => 400 * 2 ** attempt,
    },
  },
})
const router = createConsoleRouter({ api, session })

session.subscribe(() => {
  // What one key or tenant could read, the next one must not find in the cache.
  queries.clear()
  void router.invalidate()
})

createRoot(document.getElementById('root')!, {
  // A problem is shown in place of the page, with what to do; what nobody foresaw is for the developer's eyes too.
  onCaughtError: error => {
    if (!(error instanceof ApiProblem)) console.error(error)
  },
}).render(
  <StrictMode>
    <App api={api} session={session} queries={queries} router={router} />
  </StrictMode>,
)
