import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import type { Receipt } from 'keelson'
import type { Connection } from '../../engine/src/store/postgres/fixtures/cluster.ts'
import type { FromWorker, ToWorker } from './protocol.ts'

type Contended = Extract<FromWorker, { kind: 'contended' }>

/** A process of its own that has the database open. */
export class WorkerProcess {
  /** As it is in the payload of its events. */
  readonly number: string
  readonly acknowledged: Receipt[] = []
  /** Appends that another process was before. */
  lost = 0
  readonly #child: ChildProcess
  readonly #told = new EventEmitter<Record<string, [FromWorker]>>()
  readonly #exited: Promise<unknown[]>

  constructor(number: number, connection: Connection) {
    this.number = String(number)
    this.#child = fork(join(import.meta.dirname, 'worker.ts'), [this.number, JSON.stringify(connection)], {
      execArgv: ['--conditions=source'],
    })
    this.#exited = once(this.#child, 'exit')
    this.#child.on('message', (message: FromWorker) => {
      if (message.kind === 'stored') this.acknowledged.push(...message.receipts)
      if (message.kind === 'contended') this.acknowledged.push(...message.won)
      if (message.kind === 'lost') this.lost += 1
      this.#told.emit(message.kind, message)
    })
  }

  /** The next message of this kind; fails where the process ends before. */
  async told(kind: FromWorker['kind']): Promise<FromWorker> {
    const waiting = new AbortController()
    const { signal } = waiting
    const ended = this.#exited.then(([code, by]) => {
      throw new Error(`a worker ended with ${code ?? by} before it told "${kind}"`)
    })
    const told = once(this.#told, kind, { signal }).catch(() => []) as Promise<[FromWorker]>
    try {
      return (await Promise.race([told, ended]))[0]
    } finally {
      waiting.abort()
    }
  }

  async contend(round: number, by: 'version' | 'query'): Promise<Contended> {
    this.send({ kind: 'contend', round, by })
    return (await this.told('contended')) as Contended
  }

  send(message: ToWorker): void {
    this.#child.send(message)
  }

  /** Resolves with the signal or exit code that it ended with. */
  async end(how: 'SIGKILL' | 'close'): Promise<unknown> {
    if (how === 'SIGKILL') this.#child.kill(how)
    else this.send({ kind: 'close' })
    const [code, by] = await this.#exited
    return by ?? code
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
