import { KeelsonError } from '../../core/index.ts'

/** @throws KeelsonError `delivery_options_invalid` where this is no rate. */
export function checkRate(ratePerSecond: number | undefined): void {
  if (ratePerSecond === undefined || (ratePerSecond >= 0.001 && ratePerSecond <= 1_000_000)) return
  const message = 'must be a number from 0.001 to 1,000,000'
  throw new KeelsonError('delivery_options_invalid', `The replay: ratePerSecond ${message}`, {
    faults: [{ pointer: '/ratePerSecond', message }],
  })
}
