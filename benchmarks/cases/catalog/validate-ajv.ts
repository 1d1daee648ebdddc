import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { toSchemaDocument } from 'keelson'
import { caseOptions, giveRun } from '../case-process.ts'
import { envelopeSchema } from './envelope-schema.ts'
import { repeat } from './repeat.ts'
import { events, ShipmentBooked } from './sample.ts'

/** The same checks by Ajv: full formats, own properties only, one compiled function for envelope and payload. */
const { seconds } = caseOptions<{ seconds: number }>()
const ajv = new Ajv2020({ ownProperties: true, strict: false })
addFormats.default(ajv)
const { $id: _, $schema: __, ...payload } = toSchemaDocument(ShipmentBooked)
const validate = ajv.compile(envelopeSchema(payload))
const given = events(512)
let valid = 0
const run = repeat(seconds, at => {
  if (validate(given[at % given.length])) valid += 1
})
if (valid === 0) throw new Error(JSON.stringify(validate.errors))
giveRun(run)
