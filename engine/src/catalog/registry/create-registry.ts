import type { Clock } from '../../core/index.ts'
import { platformTenant, systemClock } from '../../core/index.ts'
import type { CatalogEntry, OwnTypes } from '../catalog.ts'
import { builtInState } from './built-in-state.ts'
import { checkEventSchema } from './check-event-schema.ts'
import { checkSubjectName } from './check-request.ts'
import type { SchemaCheckers } from './checker.ts'
import { compareEarlier } from './compare-earlier.ts'
import {
  decideCompatibility,
  decideDeleteSubject,
  decideDeleteVersion,
  decideDeprecation,
  decideMode,
  referrersOf,
} from './decide-change.ts'
import { comparisonOf, decideRegister, sameVersion } from './decide-register.ts'
import { isMissing, noSubject, notFound } from './fault.ts'
import { listSubjects, summarize } from './list-subjects.ts'
import { ownTypesOf } from './own-types.ts'
import type { RegistryLog } from './port.ts'
import { prepare } from './prepare.ts'
import { refuseBuiltIn, refuseFull, refuseMissing, refuseTaken } from './refuse-name.ts'
import type { CheckResult, Registry } from './registry.ts'
import type { RegistryLimits } from './registry-limits.ts'
import { defaultRegistryLimits } from './registry-limits.ts'
import type { RegistryState, SubjectState } from './registry-state.ts'
import { effectiveCompatibility, initialState } from './registry-state.ts'
import { resolveDocument } from './resolve-documents.ts'
import { ScopeLogs } from './scope-logs.ts'
import type { View } from './view.ts'
import {
  findByHash,
  findById,
  findSubject,
  findVersion,
  holderOf,
  newestOf,
  usesOf,
  viewWithin,
} from './view.ts'

export interface RegistryOptions {
  readonly log: RegistryLog
  /** What is known of each language. */
  readonly checkers: SchemaCheckers
  /** Whether a name belongs to an event type of the product, which nobody registers schemas for. */
  readonly isTaken: (name: string) => boolean
  /** The event types of the product: read as subjects of the platform, and kept nowhere. */
  readonly builtIn?: readonly CatalogEntry[]
  readonly clock?: Clock
  readonly limits?: Partial<RegistryLimits>
}

export function createRegistry(options: RegistryOptions): Registry {
  return new LoggedRegistry(options)
}

class LoggedRegistry implements Registry {
  readonly #logs: ScopeLogs
  readonly #checkers: SchemaCheckers
  readonly #isTaken: (name: string) => boolean
  readonly #limits: RegistryLimits
  readonly #builtIn: () => RegistryState
  readonly #entries = new WeakMap<SubjectState, CatalogEntry>()

  constructor({ log, checkers, isTaken, builtIn = [], clock = systemClock, limits }: RegistryOptions) {
    this.#limits = { ...defaultRegistryLimits, ...limits }
    this.#logs = new ScopeLogs(log, clock, this.#limits)
    this.#checkers = checkers
    this.#isTaken = isTaken
    let made: RegistryState | undefined
    this.#builtIn = () => {
      made ??= builtInState(builtIn)
      return made
    }
  }

  async register(...[scope, name, request, { guard } = {}]: Parameters<Registry['register']>) {
    // What is malformed is refused before it waits for its turn.
    const { candidate } = await this.#find(scope, view => prepare(view, name, request, this.#checkers))
    return this.#logs.change(scope, async own => {
      const view = await this.#behind(own)
      refuseTaken(view, name, this.#isTaken)
      const document = resolveDocument(view, candidate)
      guard?.(newestOf(own, name))
      checkEventSchema(candidate, document, own.subjects.get(name)?.event)
      const isKnown = sameVersion(own, candidate) !== undefined
      const comparison = isKnown ? { mode: 'none' as const, earlier: [] } : comparisonOf(own, candidate)
      const verdict = await compareEarlier(view, document, candidate.schemaType, comparison, this.#checkers)
      return decideRegister(own, candidate, verdict, this.#limits)
    })
  }

  async check(...[scope, name, request, options = {}]: Parameters<Registry['check']>): Promise<CheckResult> {
    return this.#find(scope, async view => {
      const { version, mustExist = false, isRegistration = false } = options
      const { candidate, document } = prepare(view, name, request, this.#checkers)
      if (isRegistration) refuseTaken(view, name, this.#isTaken)
      if (mustExist) refuseMissing(view, name)
      const holder = version === undefined ? undefined : findVersion(view, name, version)
      const state = holderOf(view, name)
      checkEventSchema(candidate, document, state.subjects.get(name)?.event)
      const planned = comparisonOf(state, candidate)
      const comparison = holder
        ? { mode: planned.mode, earlier: [{ version: holder.version, content: holder }] }
        : planned
      const within = viewWithin(view, state === view.platform ? 'platform' : 'tenant')
      const verdict = await compareEarlier(within, document, candidate.schemaType, comparison, this.#checkers)
      return { ...verdict, mode: planned.mode, hash: candidate.hash }
    })
  }

  async lookup(...[scope, name, request, options]: Parameters<Registry['lookup']>) {
    return this.#find(scope, view => {
      const { state, subject } = findSubject(view, name, options)
      const { candidate } = prepare(view, name, request, this.#checkers)
      const visible = options?.includeDeleted ? withAllLive(subject) : subject
      const same = sameVersion(state, candidate, visible)
      if (!same) throw notFound('schema', `The subject "${name}" has no such schema`, { subject: name })
      return findVersion(view, name, same.version, options)
    })
  }

  async subjects(...[scope, query]: Parameters<Registry['subjects']>) {
    return listSubjects(await this.#view(scope), query)
  }

  subject(...[scope, name, options]: Parameters<Registry['subject']>) {
    return this.#find(scope, view => {
      const { state, subject } = findSubject(view, name, options)
      const summary = summarize(state, subject, options?.includeDeleted)
      if (!summary) throw noSubject(name)
      return summary
    })
  }

  version(...[scope, name, version, options]: Parameters<Registry['version']>) {
    return this.#find(scope, view => findVersion(view, name, version, options))
  }

  byId(scope: string, id: number) {
    return this.#find(scope, view => findById(view, id))
  }

  byHash(scope: string, hash: string) {
    return this.#find(scope, view => findByHash(view, hash))
  }

  usesOf(...[scope, id, options]: Parameters<Registry['usesOf']>) {
    return this.#find(scope, view => usesOf(view, id, options))
  }

  async document(...[scope, version]: Parameters<Registry['document']>) {
    const view = viewWithin(await this.#view(scope), version.scope)
    return resolveDocument(view, version, { includeDeleted: true })
  }

  referencedBy(...[scope, name, version]: Parameters<Registry['referencedBy']>) {
    return this.#find(scope, view => {
      const found = findVersion(view, name, version, { includeDeleted: true })
      return referrersOf(view.own, name, found.version)
    })
  }

  async deprecate(...[scope, name, request]: Parameters<Registry['deprecate']>) {
    refuseBuiltIn(this.#builtIn(), name)
    await this.#logs.change(scope, own => decideDeprecation(own, name, request))
    return this.subject(scope, name)
  }

  async deleteVersion(...[scope, name, version, isPermanent = false]: Parameters<Registry['deleteVersion']>) {
    refuseBuiltIn(this.#builtIn(), name)
    return this.#logs.change(scope, own => decideDeleteVersion(own, name, version, isPermanent))
  }

  async deleteSubject(...[scope, name, isPermanent = false]: Parameters<Registry['deleteSubject']>) {
    refuseBuiltIn(this.#builtIn(), name)
    return this.#logs.change(scope, own => decideDeleteSubject(own, name, isPermanent))
  }

  async compatibility(...[scope, name]: Parameters<Registry['compatibility']>) {
    const view = await this.#view(scope)
    const state = name === undefined ? view.own : holderOf(view, name)
    const { mode, isOwn } = effectiveCompatibility(
      state,
      name === undefined ? undefined : state.subjects.get(name),
    )
    return { value: mode, isOwn: name === undefined ? state.compatibility !== undefined : isOwn }
  }

  async setCompatibility(...[scope, name, mode]: Parameters<Registry['setCompatibility']>) {
    if (name !== undefined) checkSubjectName(name)
    await this.#logs.change(scope, async own => {
      if (name !== undefined) refuseTaken(await this.#behind(own), name, this.#isTaken)
      refuseFull(own, name, this.#limits)
      return decideCompatibility(own, name, mode)
    })
  }

  async mode(...[scope, name]: Parameters<Registry['mode']>) {
    const view = await this.#view(scope)
    const state = name === undefined ? view.own : holderOf(view, name)
    const own = name === undefined ? state.mode : state.subjects.get(name)?.mode
    return { value: own ?? state.mode ?? 'READWRITE', isOwn: own !== undefined }
  }

  async setMode(...[scope, name, mode]: Parameters<Registry['setMode']>) {
    if (name !== undefined) checkSubjectName(name)
    refuseBuiltIn(this.#builtIn(), name)
    await this.#logs.change(scope, own => {
      refuseFull(own, name, this.#limits)
      return decideMode(own, name, mode)
    })
  }

  async load(scope: string, { isFresh = false }: { readonly isFresh?: boolean } = {}): Promise<void> {
    const scopes = scope === platformTenant ? [scope] : [scope, platformTenant]
    await Promise.all(scopes.map(one => (isFresh ? this.#logs.fresh(one) : this.#logs.current(one))))
  }

  ownTypes(scope: string): OwnTypes {
    const own = this.#logs.peek(scope) ?? initialState(scope)
    const platform = scope === platformTenant ? undefined : this.#logs.peek(platformTenant)
    return ownTypesOf({ own, platform, builtIn: this.#builtIn() }, this.#entries)
  }

  forget(scope: string): void {
    this.#logs.forget(scope)
  }

  async #view(scope: string): Promise<View> {
    const platform = scope === platformTenant ? undefined : await this.#logs.current(platformTenant)
    return { own: await this.#logs.current(scope), platform, builtIn: this.#builtIn() }
  }

  async #behind(own: RegistryState): Promise<View> {
    return {
      own,
      platform: own.scope === platformTenant ? undefined : await this.#logs.fresh(platformTenant),
      builtIn: this.#builtIn(),
    }
  }

  /** Finds what may have been added by another process this very second. */
  async #find<Found>(scope: string, find: (view: View) => Found | Promise<Found>): Promise<Found> {
    try {
      return await find(await this.#view(scope))
    } catch (error) {
      if (!isMissing(error)) throw error
      return find(await this.#behind(await this.#logs.fresh(scope)))
    }
  }
}

const withAllLive = (subject: SubjectState): SubjectState => ({
  ...subject,
  versions: subject.versions.map(version => ({ ...version, isDeleted: false })),
})
