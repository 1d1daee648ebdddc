import { KeelsonError } from 'keelson'
import { expect, it } from 'vitest'
import { readOrError } from './reading.ts'

const fails = (error: unknown) => readOrError({ read: () => Promise.reject(error) })

it('shows why a subscription cannot be read, where trying again is no use', async () => {
  expect(await fails(new KeelsonError('position_unknown', 'There is no such position'))).toMatchObject({
    state: 'idle',
    partitions: [],
    lag: { events: 0, seconds: 0 },
    error: 'There is no such position',
  })
})

it('fails where the store does not answer: that is no fault of the subscription', async () => {
  await expect(fails(new KeelsonError('store_unreachable'))).rejects.toMatchObject({
    code: 'store_unreachable',
  })
  await expect(fails(new TypeError('a fault of this program'))).rejects.toThrow(TypeError)
})
