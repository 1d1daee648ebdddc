export type { ContractCase, StoreFixture } from './contract-case.ts'
export { sampleEvent } from './sample-event.ts'
export { storeContract } from './store-contract.ts'
