import { describe, test } from 'vitest'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import type { TransportCapabilities } from '../../transport/index.ts'
import { createServiceBusTransport } from '../../transport/service-bus/index.ts'
import type { ServiceBusFixture } from './fixtures/service-bus-fixture.ts'
import { namespaceFixture, serviceBusFixture } from './fixtures/service-bus-fixture.ts'
import { transportContract } from './transport-contract.ts'

const connectionString = process.env['KEELSON_TEST_SERVICE_BUS']
const { capabilities } = createServiceBusTransport(createMemoryStore(), {
  connectionString: 'Endpoint=sb://none',
})

function contract(
  able: TransportCapabilities,
  open: (store: EventStore) => Promise<ServiceBusFixture>,
): void {
  for (const { name, needs = [], run } of transportContract) {
    const missing = needs.filter(need => able[need] === 'refused')
    const title = missing.length === 0 ? name : `${name} (needs ${missing.join(', ')})`
    test.skipIf(missing.length > 0)(title, async () => {
      await using fixture = await open(createMemoryStore())
      await run(fixture)
    })
  }
}

describe('the transport contract, on the stand-in for Service Bus', () => {
  contract(capabilities, serviceBusFixture)
})

describe.skipIf(connectionString === undefined)(
  'the transport contract, on the namespace that is named',
  () => {
    contract({ ...capabilities, schedule: 'refused' }, store =>
      namespaceFixture(store, connectionString ?? ''),
    )
  },
)
