import { describe, expect, it, vi } from 'vitest'
import { Session, safeReturn } from './session.ts'

function memory(): Storage {
  const map = new Map<string, string>()
  return {
    get length() {
      return map.size
    },
    clear: () => map.clear(),
    key: i => [...map.keys()][i] ?? null,
    getItem: name => map.get(name) ?? null,
    setItem: (name, value) => void map.set(name, value),
    removeItem: name => void map.delete(name),
  }
}

describe('Session', () => {
  it('survives a reload of the tab, and forgets everything at sign-out', () => {
    const storage = memory()
    const session = new Session(storage)
    session.signIn('kls_1')
    session.chooseTenant('acme')
    expect(new Session(storage).current).toEqual({ key: 'kls_1', tenant: 'acme' })
    session.signOut('expired')
    expect(storage.length).toBe(0)
    expect(session.ended).toBe('expired')
  })

  it('tells its listeners once per change', () => {
    const session = new Session(memory())
    const heard = vi.fn()
    session.subscribe(heard)
    session.signOut()
    session.signIn('kls_1')
    session.chooseTenant('acme')
    session.chooseTenant('acme')
    expect(heard).toHaveBeenCalledTimes(2)
  })
})

describe('safeReturn', () => {
  it('returns only to a place in the console', () => {
    expect(safeReturn('/events?type=a')).toBe('/events?type=a')
    for (const bad of ['https://evil.example', '//evil.example', '/\\evil.example', '/sign-in', undefined, 7])
      expect(safeReturn(bad)).toBe('/events')
  })
})
