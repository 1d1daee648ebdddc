export { audit } from './audit/index.ts'
export { governance } from './governance/index.ts'
export { saas } from './saas/index.ts'
