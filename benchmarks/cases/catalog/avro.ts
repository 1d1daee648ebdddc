import avsc from 'avsc'
import { toSchemaDocument } from 'keelson'
import { avroCodec, toAvroSchema } from 'keelson/avro'
import { caseOptions, giveRun } from '../case-process.ts'
import { repeat } from './repeat.ts'
import { wideEvent, wideExample } from './wide-event.ts'

/** A payload of 23 members to bytes: by the catalogue's codec, or by avsc itself with the same schema. */
const { seconds, by } = caseOptions<{ seconds: number; by: 'keelson' | 'avsc' }>()
const schema = toAvroSchema(toSchemaDocument(wideEvent), { name: wideEvent.type, namespace: 'bench' })
const payloads = Array.from({ length: 512 }, (_, at) => ({ ...wideExample, member3: `text ${at}` }))
const encode = by === 'keelson' ? ours() : peer()
let bytes = 0
const run = repeat(seconds, at => {
  bytes += encode(payloads[at % payloads.length] as typeof wideExample).length
})
if (bytes === 0) throw new Error('Nothing was encoded')
giveRun(run)

function ours(): (payload: typeof wideExample) => Uint8Array {
  const codec = avroCodec({ writer: schema })
  return payload => codec.encode(payload)
}

function peer(): (payload: typeof wideExample) => Uint8Array {
  const type = avsc.Type.forSchema(schema as never)
  return payload => type.toBuffer(payload)
}
