import { failureCases } from './failure.ts'
import { flowCases } from './flow.ts'
import { orderCases } from './order.ts'
import { ownershipCases } from './ownership.ts'
import { scaleCases } from './scale.ts'
import { scheduleCases } from './schedule.ts'
import type { TransportContractCase } from './transport-case.ts'

/** The promises of a transport and of the subscriptions on it. Every adapter must keep each of them. */
export const transportContract: readonly TransportContractCase[] = [
  ...orderCases,
  ...failureCases,
  ...ownershipCases,
  ...flowCases,
  ...scheduleCases,
  ...scaleCases,
]
