import type { JsonObject } from 'keelson'
import { checkCompatibility } from 'keelson'
import { caseOptions, giveRun } from '../case-process.ts'

/** Whether two versions of a schema of 200 members agree, in full: members of all kinds, every tenth changed. */
const { runs, isBreaking } = caseOptions<{ runs: number; isBreaking: boolean }>()
const [older, newer] = [schema(0), schema(isBreaking ? 2 : 1)]
const latencies: number[] = []
for (let run = 0; run < runs; run += 1) {
  const started = performance.now()
  const { verdict } = checkCompatibility([older], newer, { mode: 'full' })
  latencies.push(performance.now() - started)
  if (verdict !== (isBreaking ? 'incompatible' : 'compatible')) throw new Error(`The verdict is ${verdict}`)
}
const total = latencies.reduce((sum, each) => sum + each, 0)
giveRun({ perSecond: (runs * 1000) / total, latencies })

/** 0: as it was; 1: with members more, which is harmless; 2: a bound that was narrowed as well. */
function schema(revision: number): JsonObject {
  const properties: Record<string, JsonObject> = {}
  for (let at = 0; at < 200; at += 1) properties[`member${at}`] = member(at)
  if (revision > 0) for (let at = 0; at < 20; at += 1) properties[`added${at}`] = member(at)
  if (revision > 1) properties['member7'] = { type: 'string', maxLength: 5 }
  const required = Array.from({ length: 100 }, (_, at) => `member${at}`)
  return { type: 'object', properties, required, additionalProperties: false }
}

function member(at: number): JsonObject {
  switch (at % 6) {
    case 0:
      return { type: 'string', minLength: 1, maxLength: 128, pattern: '^[a-z]' }
    case 1:
      return { type: 'string', maxLength: 40, format: 'date-time' }
    case 2:
      return { type: 'integer', minimum: 0, maximum: 1000 }
    case 3:
      return { enum: ['standard', 'express', 'overnight'] }
    case 4:
      return { type: 'array', items: { type: 'string', maxLength: 64 }, maxItems: 20 }
    default:
      return {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string' }, count: { type: 'integer' } },
        additionalProperties: false,
      }
  }
}
