import { KeelsonError } from '../../../core/index.ts'

/** How the streams of a transport are made. What is left out has the default that is named. */
export interface NatsStreamOptions {
  /** Names of streams begin with it: `<name>_<partition>`. Default `KEELSON`. */
  readonly name?: string
  /** First token or tokens of subjects. Default `keelson`. */
  readonly subject?: string
  /** Milliseconds after which an event leaves the stream; 0 is never. Default 7 days. */
  readonly maxAge?: number
  /** Bytes of a stream; default unbounded. */
  readonly maxBytes?: number
  /** Events of a stream; default unbounded. */
  readonly maxMessages?: number
  /** Which make room for which where a bound is reached: `old` ones go, or `new` ones wait. Default `old`. */
  readonly discard?: 'old' | 'new'
  /** Servers of a cluster that have each event; default 1. */
  readonly replicas?: number
  readonly storage?: 'file' | 'memory'
  /** Milliseconds in which the broker knows an event again by its id. Default 2 minutes. */
  readonly duplicateWindow?: number
}

export type StreamSettings = Required<NatsStreamOptions>

const defaults: StreamSettings = {
  name: 'KEELSON',
  subject: 'keelson',
  maxAge: 7 * 24 * 3_600_000,
  maxBytes: -1,
  maxMessages: -1,
  discard: 'old',
  replicas: 1,
  storage: 'file',
  duplicateWindow: 120_000,
}

/** The options with their defaults. @throws KeelsonError `delivery_options_invalid` with every fault. */
export function checkStreamOptions(options: NatsStreamOptions): StreamSettings {
  const settings = { ...defaults, ...options }
  const { name, subject, maxAge, replicas, duplicateWindow, discard, storage } = settings
  const isBound = (value: number) => value === -1 || (Number.isSafeInteger(value) && value > 0)
  const faults: { pointer: string; message: string }[] = []
  const check = (isFine: boolean, key: keyof StreamSettings, message: string) => {
    if (!isFine) faults.push({ pointer: `/stream/${key}`, message })
  }
  check(/^[\w-]{1,64}$/.test(name), 'name', 'is 1 to 64 letters, digits and characters of "_-"')
  check(
    /^[\w-]+(\.[\w-]+)*$/.test(subject),
    'subject',
    'is tokens of letters, digits, "_" and "-", with dots',
  )
  check(Number.isSafeInteger(maxAge) && (maxAge === 0 || maxAge >= 1_000), 'maxAge', 'is 0 or from 1,000')
  check(isBound(settings.maxBytes), 'maxBytes', 'is from 1, or -1')
  check(isBound(settings.maxMessages), 'maxMessages', 'is from 1, or -1')
  check([1, 3, 5].includes(replicas), 'replicas', 'is 1, 3 or 5')
  check(discard === 'old' || discard === 'new', 'discard', 'is "old" or "new"')
  check(storage === 'file' || storage === 'memory', 'storage', 'is "file" or "memory"')
  const longest = maxAge === 0 ? Number.MAX_SAFE_INTEGER : maxAge
  const isWindow = Number.isSafeInteger(duplicateWindow) && duplicateWindow >= 100
  check(isWindow && duplicateWindow <= longest, 'duplicateWindow', 'is from 100, and at most maxAge')
  if (faults.length === 0) return Object.freeze(settings)
  const first = faults.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')
  throw new KeelsonError('delivery_options_invalid', first, { faults })
}

export const streamName = ({ name }: StreamSettings, partition: number): string => `${name}_${partition}`

/** What the subjects of a partition's events begin with. */
export const subjectRoot = ({ subject }: StreamSettings, partition: number): string =>
  `${subject}.${partition}`
