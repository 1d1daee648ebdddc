import rhea from 'rhea'

/** A lock token goes over a link as the bytes of a .NET Guid, whose first three parts are little-endian. */
export function toDeliveryTag(token: string): Buffer {
  const bytes = rhea.string_to_uuid(token)
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  return Buffer.from(order.map(at => bytes[at] ?? 0))
}

export const toToken = (bytes: Buffer): string => rhea.uuid_to_string(bytes)

export const toBytes = (token: string): Buffer => rhea.string_to_uuid(token)
