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
import { readEventTypeSearch } from './catalog/event/tab.ts'
import { readCatalogSearch } from './catalog/model/filter.ts'
import { readLetterSearch } from './dead-letters/model/search.ts'
import { readErasureTab } from './erasure/tab.ts'
import { readEventTab } from './event/tab.ts'
import { EventsPage } from './events/events-page.tsx'
import { readEventSearch } from './filter/filter.ts'
import { parseSearch, stringifySearch } from './filter/search-params.ts'
import { readReplaySearch } from './replays/search.ts'
import { BareCrashPage, CrashPage, NotFoundPage } from './shell/error-pages.tsx'
import { pageCode } from './shell/page-code.ts'
import { Shell } from './shell/shell.tsx'
import { readSubscriptionSearch } from './subscriptions/model/search.ts'

const root = createRootRouteWithContext<ConsoleContext>()({ errorComponent: BareCrashPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { to?: string } =>
    typeof raw.to === 'string' ? { to: safeReturn(raw.to) } : {},
  beforeLoad: ({ context, search }) => {
    if (context.session.current) throw redirect({ href: safeReturn(search.to), replace: true })
  },
  component: SignInPage,
  errorComponent: BareCrashPage,
})

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: ({ context, location }) => {
    if (!context.session.current)
      throw redirect({ to: '/sign-in', search: { to: safeReturn(location.href) }, replace: true })
  },
  component: Shell,
  errorComponent: BareCrashPage,
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
  component: lazyRouteComponent(
    pageCode(() => import('./event/event-page.tsx')),
    'EventPage',
  ),
})

const catalog = createRoute({
  getParentRoute: () => signedIn,
  path: '/catalog',
  validateSearch: readCatalogSearch,
  component: lazyRouteComponent(
    pageCode(() => import('./catalog/list/catalog-page.tsx')),
    'CatalogPage',
  ),
})

const eventType = createRoute({
  getParentRoute: () => signedIn,
  path: '/catalog/events/$type',
  validateSearch: readEventTypeSearch,
  component: lazyRouteComponent(
    pageCode(() => import('./catalog/event/event-type-page.tsx')),
    'EventTypePage',
  ),
})

const command = createRoute({
  getParentRoute: () => signedIn,
  path: '/catalog/commands/$type',
  component: lazyRouteComponent(
    pageCode(() => import('./catalog/command/command-page.tsx')),
    'CommandPage',
  ),
})

const topic = createRoute({
  getParentRoute: () => signedIn,
  path: '/catalog/topics/$name',
  component: lazyRouteComponent(
    pageCode(() => import('./catalog/topic/topic-page.tsx')),
    'TopicPage',
  ),
})

const context = createRoute({
  getParentRoute: () => signedIn,
  path: '/catalog/contexts/$context',
  component: lazyRouteComponent(
    pageCode(() => import('./catalog/context/context-page.tsx')),
    'ContextPage',
  ),
})

const subscriptions = createRoute({
  getParentRoute: () => signedIn,
  path: '/subscriptions',
  validateSearch: readSubscriptionSearch,
  component: lazyRouteComponent(
    pageCode(() => import('./subscriptions/list/subscriptions-page.tsx')),
    'SubscriptionsPage',
  ),
})

const subscription = createRoute({
  getParentRoute: () => signedIn,
  path: '/subscriptions/$name',
  component: lazyRouteComponent(
    pageCode(() => import('./subscriptions/detail/subscription-page.tsx')),
    'SubscriptionPage',
  ),
})

const deadLetters = createRoute({
  getParentRoute: () => signedIn,
  path: '/dead-letters',
  validateSearch: readLetterSearch,
  component: lazyRouteComponent(
    pageCode(() => import('./dead-letters/list/dead-letters-page.tsx')),
    'DeadLettersPage',
  ),
})

const deadLetter = createRoute({
  getParentRoute: () => signedIn,
  path: '/dead-letters/$subscription/$id',
  component: lazyRouteComponent(
    pageCode(() => import('./dead-letters/letter/letter-page.tsx')),
    'LetterPage',
  ),
})

const replays = createRoute({
  getParentRoute: () => signedIn,
  path: '/replays',
  validateSearch: readReplaySearch,
  component: lazyRouteComponent(
    pageCode(() => import('./replays/replays-page.tsx')),
    'ReplaysPage',
  ),
})

const integrity = createRoute({
  getParentRoute: () => signedIn,
  path: '/integrity',
  component: lazyRouteComponent(
    pageCode(() => import('./integrity/integrity-page.tsx')),
    'IntegrityPage',
  ),
})

const erasures = createRoute({
  getParentRoute: () => signedIn,
  path: '/erasure',
  validateSearch: readErasureTab,
  component: lazyRouteComponent(
    pageCode(() => import('./erasure/erasure-page.tsx')),
    'ErasurePage',
  ),
})

const erasure = createRoute({
  getParentRoute: () => signedIn,
  path: '/erasure/$id',
  component: lazyRouteComponent(
    pageCode(() => import('./erasure/detail/erasure-detail-page.tsx')),
    'ErasureDetailPage',
  ),
})

const redaction = createRoute({
  getParentRoute: () => signedIn,
  path: '/erasure/redactions/$id',
  component: lazyRouteComponent(
    pageCode(() => import('./erasure/redaction/redaction-detail-page.tsx')),
    'RedactionDetailPage',
  ),
})

/** Whatever no page is for. */
const missing = createRoute({ getParentRoute: () => signedIn, path: '$', component: NotFoundPage })

const logPages = [integrity, erasures, erasure, redaction] as const
const deliveryPages = [subscriptions, subscription, deadLetters, deadLetter, replays] as const
const catalogPages = [catalog, eventType, command, topic, context] as const
const tree = root.addChildren([
  signIn,
  signedIn.addChildren([home, events, event, ...catalogPages, ...deliveryPages, ...logPages, missing]),
])

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
