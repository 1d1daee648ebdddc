import { describe, expect, it } from 'vitest'
import { startTestServer } from '../../start/fixtures/test-server.ts'
import { DeliverySteps, until } from './fixtures/delivery-steps.ts'

describe('the figures for monitoring', () => {
  it('have no lag of tenants while nobody pulls, as that is not known to be none', async () => {
    const other = await startTestServer()
    try {
      const steps = DeliverySteps.of(other)
      await steps.make('unpulled')
      await steps.publish(['m-9'])
      const deliverAt = new Date(Date.now() + 86_400_000).toISOString()
      await steps.publish(['m-10'], id => id, { metadata: { deliverAt } })
      const ofTenants = (text: string) =>
        [...text.matchAll(/^keelson_subscription_(\w+)\{subscription="",scope="tenants"\}/gm)].map(
          ([, name]) => name,
        )
      const before = await other.call('/metrics')
      expect(ofTenants(before.text)).toEqual(['in_flight', 'handled_total', 'failed_total'])
      await steps.pullAll('unpulled', 1)
      await until(async () => {
        const { text } = await other.call('/metrics')
        return (
          /lag_events\{.*"tenants"\} [1-9]/.test(text) && /scheduled_waiting\{.*"tenants"\} 1$/m.test(text)
        )
      })
    } finally {
      await other.stop()
    }
  })
})
