import type { ContractCase } from './contract-case.ts'
import { appendCases } from './store-contract/append.ts'
import { badInputCases } from './store-contract/bad-input.ts'
import { closingCases } from './store-contract/closing.ts'
import { conditionCases } from './store-contract/condition.ts'
import { documentCases } from './store-contract/document.ts'
import { filterCases } from './store-contract/filter.ts'
import { idempotencyCases } from './store-contract/idempotency.ts'
import { leafCases } from './store-contract/leaf.ts'
import { readCases } from './store-contract/read.ts'
import { redactionCases } from './store-contract/redaction.ts'
import { sealedCases } from './store-contract/sealed.ts'
import { tailCases } from './store-contract/tail.ts'
import { tenantCases } from './store-contract/tenant.ts'
import { unitCases } from './store-contract/unit.ts'

/** The promises of the event store's port. Every adapter must keep each of them. */
export const storeContract: readonly ContractCase[] = [
  ...appendCases,
  ...conditionCases,
  ...idempotencyCases,
  ...readCases,
  ...filterCases,
  ...tailCases,
  ...closingCases,
  ...leafCases,
  ...sealedCases,
  ...redactionCases,
  ...unitCases,
  ...documentCases,
  ...tenantCases,
  ...badInputCases,
]
