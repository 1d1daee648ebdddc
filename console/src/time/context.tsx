import { useLocalStorage } from '@mantine/hooks'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { Zone } from './format.ts'

export type ClockStyle = 'relative' | 'absolute'

export interface TimePreferences {
  readonly zone: Zone
  readonly style: ClockStyle
  readonly setZone: (zone: Zone) => void
  readonly setStyle: (style: ClockStyle) => void
}

const Now = createContext(0)
const Preferences = createContext<TimePreferences | null>(null)

/** One ticking clock and one reading of the preferences for all times below, so that a long list costs one timer. */
export function TimeProvider({ every, children }: { readonly every: number; readonly children: ReactNode }) {
  const [zone, setZone] = useLocalStorage<Zone>({
    key: 'keelson.zone',
    defaultValue: 'local',
    getInitialValueInEffect: false,
  })
  const [style, setStyle] = useLocalStorage<ClockStyle>({
    key: 'keelson.clock',
    defaultValue: 'relative',
    getInitialValueInEffect: false,
  })
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  const preferences = useMemo(() => ({ zone, style, setZone, setStyle }), [zone, style, setZone, setStyle])
  return (
    <Preferences value={preferences}>
      <Now value={now}>{children}</Now>
    </Preferences>
  )
}

export function useNow(): number {
  return useContext(Now)
}

export function useTimePreferences(): TimePreferences {
  const value = useContext(Preferences)
  if (!value) throw new Error('useTimePreferences needs a TimeProvider above it')
  return value
}
