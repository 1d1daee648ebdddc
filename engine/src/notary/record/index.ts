export { logEvents, tenantLogTopic } from './log-events.ts'
