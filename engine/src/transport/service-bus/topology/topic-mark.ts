import type { TopicProperties } from '@azure/service-bus'
import { KeelsonError } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { describeLog, LogIdentity, logOf } from '../../record/log-identity.ts'
import { busCodeOf, toBusError } from '../client/bus-error.ts'
import type { BusSettings } from '../service-bus-options.ts'

/** What a topic can say of itself, in characters. */
const longest = 1_024

/**
 * Keeps two logs out of one topic: each topic says in its user metadata which log it belongs to. Without an administration
 * client, or for who may not manage the namespace, nothing of that is known.
 */
export class TopicMark {
  readonly #identity: LogIdentity
  readonly #settings: BusSettings

  constructor(store: EventStore, settings: BusSettings) {
    this.#identity = new LogIdentity(store)
    this.#settings = settings
  }

  /**
   * Takes a topic that says nothing yet for this log; gives whether there is a topic. What it says is read again after it
   * was written: of two that write at once the last one has it.
   *
   * @throws KeelsonError `transport_taken` where it is another log's; as the namespace fails.
   */
  async hold(topic: string, signal?: AbortSignal): Promise<boolean> {
    const { administration, topicPrefix } = this.#settings
    if (administration === undefined) return true
    const name = `${topicPrefix}${topic}`
    const options = signal === undefined ? {} : { abortSignal: signal }
    try {
      const log = await this.#identity.log()
      const present = await administration.getTopic(name, options)
      if (isOf(present, log)) return true
      const own = (present.userMetadata ?? '').slice(0, longest - describeLog(log, ' ').length)
      await administration.updateTopic({ ...present, userMetadata: describeLog(log, own) }, options)
      isOf(await administration.getTopic(name, options), log)
      return true
    } catch (error) {
      if (busCodeOf(error) === 'MessageEntityNotFoundError') return false
      const failure = toBusError(error, `to say whose the topic ${name} is`)
      if (failure.code === 'transport_denied') return true
      throw failure
    }
  }
}

/** @throws KeelsonError `transport_taken` where it says that it is another's. */
function isOf({ name, userMetadata }: TopicProperties, log: string): boolean {
  const other = logOf(userMetadata)
  if (other === undefined || other === log) return other === log
  throw new KeelsonError('transport_taken', `The topic ${name} at the broker has the events of another log`, {
    topic: name,
  })
}
