import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import type { ConsoleContext } from './auth/context.ts'
import { safeReturn } from './auth/session.ts'
import { SignInPage } from './auth/sign-in-page.tsx'
import { readEventTab } from './event/tab.ts'
import { EventsPage } from './events/events-page.tsx'
import { readEventSearch } from './filter/filter.ts'
import { parseSearch, stringifySearch } from './filter/search-params.ts'
import { CrashPage, NotFoundPage } from './shell/error-pages.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRouteWithContext<ConsoleContext>()()

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { to?: string } =>
    typeof raw.to === 'string' ? { to: safeReturn(raw.to) } : {},
  beforeLoad: ({ context, search }) => {
    if (context.session.current) throw redirect({ href: safeReturn(search.to), replace: true })
  },
  component: SignInPage,
})

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: ({ context, location }) => {
    if (!context.session.current)
      throw redirect({ to: '/sign-in', search: { to: safeReturn(location.href) }, replace: true })
  },
  component: Shell,
})

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/events', replace: true })
  },
})

const events = createRoute({
  getParentRoute: () => signedIn,
  path: '/events',
  validateSearch: readEventSearch,
  component: EventsPage,
})

const event = createRoute({
  getParentRoute: () => signedIn,
  path: '/events/$eventId',
  validateSearch: readEventTab,
  component: lazyRouteComponent(() => import('./event/event-page.tsx'), 'EventPage'),
})

const tree = root.addChildren([signIn, signedIn.addChildren([home, events, event])])

export function createConsoleRouter(context: ConsoleContext) {
  return createRouter({
    routeTree: tree,
    context,
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: false,
  })
}

export type ConsoleRouter = ReturnType<typeof createConsoleRouter>

declare module '@tanstack/react-router' {
  interface Register {
    router: ConsoleRouter
  }
}
