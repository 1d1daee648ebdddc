import { printable } from '../../event-line.ts'
import { CommandFailure } from '../../exit-code.ts'
import { confirmName } from '../../operations/ask.ts'
import type { Signer } from './approver-key.ts'

/**
 * Signs a record that a server has given, once it is what was asked for and whoever signs has seen it: a server must
 * not get a signature for something else.
 *
 * @param expected members that the record must have; those that are undefined it must not have
 * @throws CommandFailure where it is something else, or the signer does not want to.
 */
export async function signRecord(
  signer: Signer,
  record: string,
  expected: Readonly<Record<string, unknown>>,
  isConfirmed: boolean,
): Promise<string> {
  const members = parse(record)
  const odd = Object.entries(expected).find(
    ([name, value]) => JSON.stringify(members[name]) !== JSON.stringify(value),
  )
  if (odd)
    throw new CommandFailure(
      `Not signed: the server gave a record of something else (its member "${odd[0]}")`,
    )
  if (!isConfirmed) process.stderr.write(`${printable(record)}\n`)
  await confirmName(
    'sign',
    'This record stays in the log under your name.\nType sign to sign it: ',
    isConfirmed,
  )
  return signer.sign(record)
}

function parse(record: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(record)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>
  } catch {
    // Told below.
  }
  throw new CommandFailure('Not signed: the server gave something that is no record')
}
