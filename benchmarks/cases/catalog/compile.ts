import * as contexts from '@keelson/contexts'
import { createValidator } from 'keelson'
import { giveRun } from '../case-process.ts'

/** Every schema of every context compiled, in a process that has compiled none before. */
const schemas = Object.values(contexts).flatMap(({ events, commands = [] }) => [...events, ...commands])
const started = performance.now()
for (const { payload } of schemas) createValidator(payload)
const totalMs = performance.now() - started
giveRun({ perSecond: schemas.length / (totalMs / 1000), figures: { schemas: schemas.length, totalMs } })
