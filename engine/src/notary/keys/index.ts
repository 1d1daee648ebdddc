export { hasKeys } from './check-keys.ts'
export { openKeyRing } from './key-ring.ts'
export { deletedLogs, firstKeyId, noteDeletedLogs } from './log-deletion.ts'
export { logOrigin, logVerifiers } from './log-keys.ts'
export type {
  DataKey,
  KeyCheckOptions,
  KeyRing,
  KeyRingOptions,
  LogKeyRecord,
  RewrapOptions,
  RootKey,
  WantedKey,
} from './port.ts'
export type { AzureKeyClient, AzureRootKeyOptions } from './root/azure/azure-root-key.ts'
export { createAzureRootKey } from './root/azure/azure-root-key.ts'
export type { FileRootKeyOptions } from './root/file/file-root-key.ts'
export { createTextRootKey, openFileRootKey } from './root/file/file-root-key.ts'
export { addRootKey, dropOldRootKeys } from './root/file/key-file.ts'
export type { RootKeyCase, RootKeyFixture } from './root/root-key-contract.ts'
export { rootKeyContract } from './root/root-key-contract.ts'
export type { VaultRootKeyOptions } from './root/vault/vault-root-key.ts'
export { createVaultRootKey } from './root/vault/vault-root-key.ts'
