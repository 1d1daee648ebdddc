import { runCase } from './cases/case-process.ts'
import type { BenchReport } from './report.ts'
import { machine, versions } from './report.ts'
import type { BenchOptions, PlannedCase } from './turns.ts'
import { bestOf, ratiosOf, takeTurns } from './turns.ts'

const names = {
  validate: 'keelson, envelope and payload checked',
  ajv: 'ajv, envelope and payload checked',
  compile: 'keelson, every schema compiled',
  verdict: 'keelson, verdict on 200 members, compatible',
  breaking: 'keelson, verdict on 200 members, incompatible',
  avro: 'keelson, Avro encoded',
  avsc: 'avsc, Avro encoded',
}

/** What validation, verdicts and encodings cost, each on one core, beside Ajv and avsc. */
export async function catalogBench(options: BenchOptions): Promise<BenchReport> {
  const cases = await takeTurns(plan(options.seconds), options)
  return {
    bench: 'catalog',
    durability: 'none: nothing is stored',
    machine: machine(),
    versions: versions({ ajv: '8.20.0, ajv-formats 3.0.1 (full)', avsc: '5.7.9' }),
    cases,
    ratios: ratiosOf({
      'validate/ajv': [bestOf(cases, names.validate), bestOf(cases, names.ajv)],
      'avro/avsc': [bestOf(cases, names.avro), bestOf(cases, names.avsc)],
    }),
    notes: [
      'keelson checks and completes the envelope and validates the payload, as publish does before it stores; Ajv runs one compiled function over both, with full formats and own properties only, and completes nothing.',
      'Events differ from call to call and are plain objects: parsing their text is not in it.',
      'The verdict is asked in full mode: both directions, with the closed and the open view.',
    ],
  }
}

function plan(seconds: number): PlannedCase[] {
  const script = (name: string, file: string, options: object): PlannedCase => ({
    name,
    run: () => runCase(`cases/catalog/${file}.ts`, options),
  })
  return [
    script(names.validate, 'validate', { seconds }),
    script(names.ajv, 'validate-ajv', { seconds }),
    script(names.compile, 'compile', {}),
    script(names.verdict, 'verdict', { runs: 20, isBreaking: false }),
    script(names.breaking, 'verdict', { runs: 20, isBreaking: true }),
    script(names.avro, 'avro', { seconds, by: 'keelson' }),
    script(names.avsc, 'avro', { seconds, by: 'avsc' }),
  ]
}
