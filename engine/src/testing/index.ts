export type { BlobContractCase } from './blob-contract.ts'
export { blobContract } from './blob-contract.ts'
export type { CatalogContractCase, CatalogContractOptions } from './catalog-contract.ts'
export { catalogContract } from './catalog-contract.ts'
export type { ContractCase, QueueBounds, StoreFixture } from './contract-case.ts'
export { sampleEvent } from './sample-event.ts'
export { openSecrets, sealedEvent } from './sealed-event.ts'
export { storeContract } from './store-contract.ts'
export type { InterruptibleFixture, InterruptionCase } from './transport-contract/interruption.ts'
export { interruptionCases } from './transport-contract/interruption.ts'
export { ManualAlarm } from './transport-contract/manual-alarm.ts'
export type {
  EventToSend,
  SentEvent,
  TransportContractCase,
  TransportFixture,
  TransportProcess,
} from './transport-contract/transport-case.ts'
export { transportContract } from './transport-contract/transport-contract.ts'
