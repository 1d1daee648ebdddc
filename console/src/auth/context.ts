import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Api } from '../api/client.ts'
import type { Session, SessionState } from './session.ts'

export interface ConsoleContext {
  readonly api: Api
  readonly session: Session
}

const Context = createContext<ConsoleContext | null>(null)

export const ConsoleProvider = Context.Provider

export function useConsole(): ConsoleContext {
  const value = useContext(Context)
  if (!value) throw new Error('useConsole needs a ConsoleProvider above it')
  return value
}

export function useApi(): Api {
  return useConsole().api
}

export function useSession(): SessionState | null {
  const { session } = useConsole()
  return useSyncExternalStore(session.subscribe, () => session.current)
}
