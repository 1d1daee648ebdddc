import { canonicalJson, toKeelsonError } from '../../../core/index.ts'
import type { UnitOfWork } from '../../../store/index.ts'
import { approverBoard, keepAppointed } from '../approval/appoint.ts'
import { toRemovalReceipt } from '../record/receipt.ts'
import { recordWrite } from '../record/record-write.ts'
import type { RemovalContext } from '../removal-context.ts'
import { loadRemovalState, removalStateChange } from '../removal-state.ts'
import { tryCommit } from '../tenant-documents.ts'
import { aftercare, backoff, holdLook, lease } from './backoff.ts'
import { again, eraseCopies, eraseLate } from './erase-copies.ts'
import { Holding } from './holding.ts'
import type { Procedure } from './procedure.ts'
import type { Removal, RemovalFile } from './removal.ts'
import { fileChange, toFile } from './removal.ts'

/** Steps that one call takes at the most; a removal takes about five. */
const mostSteps = 100

/** Carries removals of one kind out, step by step. Every step is one commit, and may be repeated after a crash. */
export class Runner<Value extends Removal> {
  readonly #context: RemovalContext
  readonly #procedure: Procedure<Value>

  constructor(context: RemovalContext, procedure: Procedure<Value>) {
    this.#context = context
    this.#procedure = procedure
  }

  get collection(): string {
    return this.#procedure.collection
  }

  async load(tenantId: string, id: string): Promise<RemovalFile<Value> | undefined> {
    const document = await this.#context.store.document(tenantId, this.#procedure.collection, id)
    return document && toFile<Value>(document)
  }

  /** Takes it as far as it goes now. A failure is kept with the removal, which is tried again later. */
  async advance(tenantId: string, id: string, signal: AbortSignal): Promise<void> {
    for (let step = 0; step < mostSteps; step += 1) {
      signal.throwIfAborted()
      const file = await this.load(tenantId, id)
      if (file === undefined) return
      const holding = new Holding(this.#context, file)
      try {
        if (!(await this.#step(holding, signal))) return
      } catch (error) {
        if (!signal.aborted) await this.#stop(holding.file, error)
        throw error
      }
    }
  }

  /** Whether there may be more to do at once. */
  async #step(holding: Holding<Value>, signal: AbortSignal): Promise<boolean> {
    const { status, phase } = holding.file.value
    if (status === 'completed' && phase === 'aftercare') return this.#lookAgain(holding, signal)
    if (status !== 'running' && status !== 'failed-copies' && status !== 'held') return false
    if (phase === 'check') return this.#check(holding.file, false)
    if (phase === 'copies') return this.#copies(holding, signal, () => this.#check(holding.file, true))
    if (phase === 'removal') return this.#remove(holding, signal)
    if (phase === 'sweep') return this.#sweep(holding, signal)
    return false
  }

  /**
   * Looks whether it may go on: that its approvals are for what it would remove now, and that no hold covers it. Before
   * the point of no return it does so together with whoever sets holds or changes approvers.
   */
  async #check(file: RemovalFile<Value>, isLast: boolean): Promise<boolean> {
    const { store, clock } = this.#context
    const { tenantId, id, value } = file
    const state = await loadRemovalState(store, tenantId)
    const board = await approverBoard(store, tenantId)
    const appointed = board.needed === 0 ? [] : keepAppointed(board, value.approvers)
    const fresh = await this.#procedure.renew(file, appointed)
    if (fresh === undefined) return this.#put(file, await this.#vain(file), undefined)
    const isSigned = fresh.record === value.record && value.approvals.length >= appointed.length
    if (appointed.length > 0 && !isSigned) {
      const approvals = fresh.record === value.record ? value.approvals : []
      return this.#put(
        file,
        { ...fresh, status: 'awaiting-approval', phase: 'check', approvals, copies: {}, holds: [] },
        undefined,
      )
    }
    const now = clock.now()
    const holds = await this.#procedure.holds({ ...file, value: fresh })
    if (holds.length > 0) {
      await this.#put(file, { ...fresh, status: 'held', phase: 'check', copies: {}, holds }, now + holdLook)
      return false
    }
    const approvals = appointed.length === 0 ? [] : value.approvals
    const going = { ...fresh, status: 'running', approvals, holds, failures: 0 } as const
    if (!isLast) {
      const { copiesSince = now } = value.hasBegun ? value : {}
      return this.#put(file, { ...going, phase: 'copies', copiesSince }, now + lease)
    }
    if (this.#procedure.hasGrown(value, fresh))
      return this.#put(file, { ...going, phase: 'copies', copies: again(value) }, now + lease)
    if (state.running !== undefined && state.running !== id) {
      // Another removal of the tenant is about to be recorded: it is a matter of moments.
      await this.#put(file, { ...fresh, status: 'running' }, now + 1_000)
      return false
    }
    const removing = fileChange(
      file,
      { ...going, phase: 'removal' as const, hasBegun: true as const },
      now + lease,
    )
    const documents = [removing, removalStateChange({ ...state, running: id })]
    await tryCommit(store, { scope: { tenantId }, documents })
    return true
  }

  /** Asks the stores of copies that have not succeeded yet; goes on where all have. */
  async #copies(
    holding: Holding<Value>,
    signal: AbortSignal,
    goOn: () => Promise<boolean>,
  ): Promise<boolean> {
    const { clock } = this.#context
    const { copies, failed } = await holding.during(async () => {
      const request = await this.#procedure.copyRequest(holding.file, signal)
      return eraseCopies(this.#context, { ...holding.file, request, signal })
    })
    const { file } = holding
    if (failed === 0 && Object.keys(copies).length === 0) return goOn()
    const failures = failed === 0 ? 0 : file.value.failures + 1
    const status = failed === 0 ? 'running' : 'failed-copies'
    const due = clock.now() + (failed === 0 ? lease : backoff(failures))
    const all = { ...file.value.copies, ...copies }
    await this.#put(file, { ...file.value, status, copies: all, failures }, due)
    return failed === 0
  }

  async #remove(holding: Holding<Value>, signal: AbortSignal): Promise<boolean> {
    const { store, clock } = this.#context
    const conclusion = await holding.during(async () => {
      await this.#procedure.destroy(holding.file, signal)
      return this.#procedure.conclude(holding.file)
    })
    const { file } = holding
    const { tenantId, id, value } = file
    const state = await loadRemovalState(store, tenantId)
    const released = removalStateChange({
      ...state,
      running: state.running === id ? undefined : state.running,
    })
    if (conclusion === undefined) {
      const anew = fileChange(file, { ...value, phase: 'check', copies: again(value) }, clock.now() + lease)
      await tryCommit(store, { scope: { tenantId }, documents: [anew, released] })
      return true
    }
    const { record, part } = conclusion
    const sigs = value.approvals.map(({ key, sig }) => ({ key, sig }))
    const write = recordWrite(tenantId, this.#procedure.kind, { ...record, sigs }, this.#context)
    // Its place is not known before it is committed, so the receipt is kept in a later step.
    const { eventId } = write.writes[0]?.events[0]?.envelope ?? {}
    const recorded = {
      ...value,
      record: canonicalJson(record),
      phase: 'sweep',
      copies: again(value),
      ...(eventId !== undefined && { recordId: eventId }),
    } as const
    const unit: UnitOfWork = {
      ...part,
      scope: { tenantId },
      appends: [write],
      documents: [...(part.documents ?? []), fileChange(file, recorded, clock.now() + lease), released],
    }
    try {
      await tryCommit(store, unit)
    } catch (error) {
      if (!this.#procedure.isVain(error)) throw error
      const vain = { ...(await this.#vain(file, error)), phase: 'done' } as const
      const documents = [fileChange(file, vain, undefined), released]
      await tryCommit(store, { scope: { tenantId }, documents })
    }
    return true
  }

  /** It ends without having removed anything, and says why. */
  async #vain(file: RemovalFile<Value>, failure?: unknown): Promise<Value> {
    const withdrawnBecause = await this.#procedure.whyVain(file, failure)
    return { ...this.#procedure.settle(file.value), status: 'withdrawn', withdrawnBecause, holds: [] }
  }

  async #sweep(holding: Holding<Value>, signal: AbortSignal): Promise<boolean> {
    if (await this.#foundLate(holding, signal)) return true
    return this.#copies(holding, signal, async () => {
      await holding.put({ ...holding.file.value, phase: 'purge' }, this.#context.clock.now())
      return false
    })
  }

  /** What came in under keys that were destroyed is removed, and all is done and recorded once more. */
  async #foundLate(holding: Holding<Value>, signal: AbortSignal): Promise<boolean> {
    const late = await holding.during(() => this.#procedure.sweep(holding.file, signal))
    if (late === 0) return false
    const { tenantId, id, value } = holding.file
    this.#context.onAlarm({ tenantId, id, what: 'late', detail: String(late) })
    const anew = { ...value, status: 'running', phase: 'check', copies: again(value) } as const
    return this.#put(holding.file, anew, this.#context.clock.now() + lease)
  }

  async #lookAgain(holding: Holding<Value>, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#context
    const { due = 0, value } = holding.file
    const patience = this.#procedure.patience?.(holding.file) ?? 0
    if (due + patience > clock.now()) return false
    // Before anything is taken away: where this is cut off the next look finds nothing, but old bytes lie in the files.
    if (!(await holding.put({ ...value, isPurgeOwed: true }, clock.now() + lease))) return false
    if (await this.#foundLate(holding, signal)) return true
    const { copies, failed, hasFound } = await holding.during(async () => {
      const request = await this.#procedure.copyRequest(holding.file, signal)
      return eraseLate(this.#context, { ...holding.file, request, signal })
    })
    const looked = { ...holding.file.value, copies: { ...value.copies, ...copies } }
    if (failed > 0) {
      const failures = value.failures + 1
      await holding.put({ ...looked, failures }, clock.now() + backoff(failures))
    } else if (hasFound || value.isPurgeOwed === true)
      await holding.put({ ...looked, phase: 'purge' }, clock.now())
    else await this.#finish({ ...holding.file, value: looked })
    return false
  }

  async #finish(file: RemovalFile<Value>): Promise<void> {
    await this.#put(file, { ...file.value, phase: 'done', failures: 0, isPurgeOwed: false }, undefined)
    this.#procedure.forget?.(file.id)
  }

  /** Ends what waits for the store's purge, once that is done; another state is left as it is. */
  async complete(tenantId: string, id: string): Promise<void> {
    const file = await this.load(tenantId, id)
    if (file?.value.phase !== 'purge') return
    // What was found when it was looked at again: this was the last of it.
    if (file.value.status === 'completed') return this.#finish(file)
    const { recordId } = file.value
    const event = recordId === undefined ? undefined : await this.#context.store.readEvent(tenantId, recordId)
    const receipt = event && toRemovalReceipt({ ...event, duplicate: false })
    const outOfReach = await this.#procedure.outOfReach(file)
    const settled = this.#procedure.settle({ ...file.value, outOfReach, ...(receipt && { receipt }) })
    const isPurgeOwed = false
    const completed = {
      ...settled,
      status: 'completed',
      phase: 'aftercare',
      failures: 0,
      isPurgeOwed,
    } as const
    await this.#put(file, completed, this.#context.clock.now() + aftercare)
  }

  /** Has what waits for the store's purge wait longer. */
  async postpone(tenantId: string, id: string, error: unknown): Promise<void> {
    const file = await this.load(tenantId, id)
    if (file?.value.phase === 'purge') await this.#stop(file, error)
  }

  /** Keeps for the next try that this one failed. */
  async #stop(file: RemovalFile<Value>, error: unknown): Promise<void> {
    const { tenantId, id } = file
    this.#context.onAlarm({ tenantId, id, what: 'stopped', detail: toKeelsonError(error).code })
    const now = await this.load(tenantId, id).catch(() => undefined)
    if (now === undefined || now.revision !== file.revision) return
    const failures = now.value.failures + 1
    await this.#put(now, { ...now.value, failures }, this.#context.clock.now() + backoff(failures)).catch(
      () => false,
    )
  }

  async #put(file: RemovalFile<Value>, value: Value, due: number | undefined): Promise<boolean> {
    const { tenantId } = file
    // Where somebody else was faster the next step begins with what they have stored.
    await tryCommit(this.#context.store, { scope: { tenantId }, documents: [fileChange(file, value, due)] })
    return true
  }
}
