import { KeelsonError } from 'keelson'
import { expect, it } from 'vitest'
import { closeAll } from './close-all.ts'

it('closes what comes after one that fails, and takes what is away for closed', async () => {
  const closed: string[] = []
  const part = (name: string, error?: Error) => async () => {
    closed.push(name)
    if (error) throw error
  }
  await closeAll([
    part('broker', new KeelsonError('transport_unreachable')),
    () => undefined,
    part('database', new KeelsonError('store_unreachable')),
  ])
  const fault = new KeelsonError('store_full')
  const parts = [part('platform', fault), part('keys', new Error('later')), part('last')]
  await expect(closeAll(parts)).rejects.toBe(fault)
  expect(closed).toEqual(['broker', 'database', 'platform', 'keys', 'last'])
})
