import type { RecordedEvent } from '../../store/index.ts'
import type { Delivery } from '../port.ts'
import { LogDelivery } from './log-delivery.ts'

/** The event as the log has it; undefined where the delivery comes from a transport that is no log. */
export const recordedOf = (delivery: Delivery): RecordedEvent | undefined =>
  delivery instanceof LogDelivery ? delivery.recorded : undefined
