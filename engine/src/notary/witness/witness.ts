import type { Clock } from '../../core/index.ts'
import { systemClock } from '../../core/index.ts'
import type { Checkpoint, Note, SignerKey, VerifierKey } from '../../proof/index.ts'
import {
  cosign,
  isSignedBy,
  noteText,
  parseCheckpoint,
  parseVerifierKey,
  signatureLine,
  verifierKeyOf,
  verifierKeyText,
  verifyConsistency,
} from '../../proof/index.ts'
import type { AddCheckpoint } from './add-checkpoint.ts'
import { parseAddCheckpoint, sizeType } from './add-checkpoint.ts'
import { openWitnessKey } from './witness-key.ts'
import { WitnessState } from './witness-state.ts'

export interface WitnessOptions {
  /** Folder of the key and of what was signed. */
  readonly folder: string
  /** Verifier keys of the logs; several of one name are keys of one log. */
  readonly logs: readonly string[]
  /** Name of a new key; default `witness`. */
  readonly name?: string
  readonly clock?: Clock
}

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422
  readonly type: string
  readonly body: string
}

/** Signs checkpoints of logs that it knows, each only where it goes on from the last one it has signed. */
export class Witness {
  /** To be put into policies. */
  readonly verifierKey: string
  readonly #signer: SignerKey
  readonly #logs: ReadonlyMap<string, readonly VerifierKey[]>
  readonly #state: WitnessState
  readonly #clock: Clock
  /** The last request of each log that is still worked on: a log's requests come one after another. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(signer: SignerKey, logs: readonly VerifierKey[], state: WitnessState, clock: Clock) {
    this.verifierKey = verifierKeyText(verifierKeyOf(signer))
    this.#signer = signer
    this.#logs = Map.groupBy(logs, ({ name }) => name)
    this.#state = state
    this.#clock = clock
  }

  /** Answers the body of a POST to `add-checkpoint` as C2SP tlog-witness has it. */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    let request: AddCheckpoint
    let checkpoint: Checkpoint
    try {
      request = parseAddCheckpoint(body)
      checkpoint = parseCheckpoint(request.checkpoint.text)
    } catch (error) {
      return refusal(400, error instanceof Error ? error.message : 'The request cannot be read')
    }
    const keys = this.#logs.get(checkpoint.origin)
    if (keys === undefined) return refusal(404, 'The log is not one that this witness knows')
    if (!keys.some(key => isSignedBy(request.checkpoint, key)))
      return refusal(403, 'The checkpoint is not signed by a key of the log')
    if (request.old > checkpoint.size) return refusal(400, 'The old size is more than that of the checkpoint')
    return this.#inTurn(checkpoint.origin, () => this.#decide(request, checkpoint))
  }

  async #decide({ old, proof, checkpoint: note }: AddCheckpoint, next: Checkpoint): Promise<WitnessAnswer> {
    const kept = await this.#state.read(next.origin)
    if (old !== kept.size) return conflict(kept.size)
    if (old === next.size && next.root !== kept.root) {
      await this.#state.keepEvidence(next.origin, noteText(note))
      return conflict(kept.size)
    }
    if (!verifyConsistency(kept, next, proof)) {
      await this.#state.keepEvidence(next.origin, noteText(note))
      return refusal(422, 'The proof does not lead from the old size to the checkpoint')
    }
    if (next.size > kept.size)
      await this.#state.write(next.origin, noteText(this.#ownLines(note, next.origin)))
    const line = cosign(note.text, Math.floor(this.#clock.now() / 1000), this.#signer)
    return { status: 200, type: 'text/plain; charset=utf-8', body: signatureLine(line) }
  }

  /** Only the log's own signatures are kept: others may be there by the hundred. */
  #ownLines({ text, signatures }: Note, origin: string): Note {
    return { text, signatures: signatures.filter(({ name }) => name === origin).slice(0, 10) }
  }

  /** Looking and writing are one step: else a slow request could take back what a quick one has written. */
  #inTurn(origin: string, work: () => Promise<WitnessAnswer>): Promise<WitnessAnswer> {
    const turn = (this.#turns.get(origin) ?? Promise.resolve()).then(work, work)
    const done = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(origin) === done) this.#turns.delete(origin)
      })
    this.#turns.set(origin, done)
    return turn
  }
}

const refusal = (status: 400 | 403 | 404 | 422, body: string): WitnessAnswer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
})

const conflict = (size: number): WitnessAnswer => ({ status: 409, type: sizeType, body: `${size}\n` })

/** @throws KeelsonError `key_ring_wrong`; TypeError where a key of a log is none. */
export async function openWitness({
  folder,
  logs,
  name,
  clock = systemClock,
}: WitnessOptions): Promise<Witness> {
  const keys = logs.map(parseVerifierKey)
  for (const key of keys)
    if (key.kind !== 'author') throw new TypeError(`The key of ${key.name} is none of a log`)
  return new Witness(await openWitnessKey(folder, name), keys, new WitnessState(folder), clock)
}
