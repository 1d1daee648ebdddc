export type { EmbeddedTransportOptions } from './embedded-transport.ts'
export { createEmbeddedTransport } from './embedded-transport.ts'
