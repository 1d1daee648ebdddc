export { createAzureBlobStore } from './azure-blob-store.ts'
export type { AzureBlob, AzureContainer } from './container.ts'
