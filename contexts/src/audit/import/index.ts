export type { BatchFacts } from './batch.ts'
export { batchCompleted, batchStarted, validationFailed } from './batch.ts'
export type { CloudEventsOptions } from './cloudevents.ts'
export { createCloudEventsImporter } from './cloudevents.ts'
export { cloudtrail } from './cloudtrail.ts'
export { exampleDeliveries, exampleTime } from './github/examples.ts'
export { github } from './github.ts'
export type { ImportBatchOptions, ImportBatchResult } from './import-batch.ts'
export { importBatch } from './import-batch.ts'
export { createImporters, formatAliases, importerFor, importers } from './importers.ts'
export { keelson } from './keelson.ts'
export { kubernetes } from './kubernetes.ts'
export type { EventSink, Framing, Importer, PublishResult, RecordOrigin } from './port.ts'
export type {
  ImportLimits,
  ImportOptions,
  ImportProblem,
  ImportProgress,
  ImportResult,
  RefusedRecord,
} from './run.ts'
export { importEvents, importLimits } from './run.ts'
