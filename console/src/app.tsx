import { MantineProvider } from '@mantine/core'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { type ConsoleContext, ConsoleProvider } from './auth/context.ts'
import type { ConsoleRouter } from './router.tsx'
import { theme, variables } from './theme.ts'
import { TimeProvider } from './time/context.tsx'

interface AppProps extends ConsoleContext {
  readonly queries: QueryClient
  readonly router: ConsoleRouter
}

export function App({ api, session, queries, router }: AppProps) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <ConsoleProvider value={{ api, session }}>
        <QueryClientProvider client={queries}>
          <TimeProvider every={1000}>
            <RouterProvider router={router} />
          </TimeProvider>
        </QueryClientProvider>
      </ConsoleProvider>
    </MantineProvider>
  )
}
