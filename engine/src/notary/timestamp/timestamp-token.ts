import { hash } from 'node:crypto'
import { Integer, OctetString } from 'asn1js'
import {
  AlgorithmIdentifier,
  Certificate,
  type ContentInfo,
  ExtKeyUsage,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs'

const sha256 = '2.16.840.1.101.3.4.2.1'
const signedDataType = '1.2.840.113549.1.7.2'
const tokenType = '1.2.840.113549.1.9.16.1.4'
const extendedKeyUsage = '2.5.29.37'
const timeStamping = '1.3.6.1.5.5.7.3.8'

/** What a time stamp says once it was checked. */
export interface Timestamp {
  /** When the authority has seen the text, RFC 3339. */
  readonly at: string
  /** Decimal. */
  readonly serial: string
  /** Object identifier of the authority's policy. */
  readonly policy: string
}

export interface TimestampCheck {
  /** What was stamped. */
  readonly text: string
  /** That of the request; undefined where it is not known any more. */
  readonly nonce?: bigint
  /** Certificates (PEM, several in a row) of which one must be at the end of the signer's chain; left out, the chain is not looked at. */
  readonly trusted?: string
}

/** A request for a time stamp of a text, DER (RFC 3161 §2.4.1). */
export function timestampRequest(text: string, nonce: bigint): Uint8Array {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: sha256 }),
      hashedMessage: new OctetString({ valueHex: exact(digestOf(text)) }),
    }),
    nonce: Integer.fromBigInt(nonce),
    certReq: true,
  })
  return new Uint8Array(request.toSchema().toBER())
}

/**
 * Holds a response (DER) to the text: that it was granted, is for this text and this request, and is signed by a
 * certificate for time stamps.
 *
 * @throws TypeError saying what is wrong.
 */
export async function checkTimestamp(response: Uint8Array, check: TimestampCheck): Promise<Timestamp> {
  const { signed, info } = read(response)
  const { hashAlgorithm, hashedMessage } = info.messageImprint
  if (hashAlgorithm.algorithmId !== sha256) throw new TypeError('The time stamp is not over a SHA-256 hash')
  if (!Buffer.from(hashedMessage.valueBlock.valueHexView).equals(digestOf(check.text)))
    throw new TypeError('The time stamp is one of another text')
  if (check.nonce !== undefined && info.nonce?.toBigInt() !== check.nonce)
    throw new TypeError('The time stamp answers another request')
  await checkSignature(signed, check)
  return {
    at: info.genTime.toISOString(),
    serial: info.serialNumber.toBigInt().toString(),
    policy: info.policy,
  }
}

function read(response: Uint8Array): { readonly signed: SignedData; readonly info: TSTInfo } {
  const { status, timeStampToken } = parsed(() => TimeStampResp.fromBER(exact(response)))
  // 0 is granted, 1 granted with changes.
  if (status.status > 1 || !timeStampToken)
    throw new TypeError(`The authority gives no time stamp: status ${status.status}`)
  if (timeStampToken.contentType !== signedDataType) throw new TypeError('The time stamp is not signed')
  return parsed(() => {
    const signed = new SignedData({ schema: (timeStampToken as ContentInfo).content })
    const { eContentType, eContent } = signed.encapContentInfo
    if (eContentType !== tokenType || !eContent) throw new TypeError('no time stamp')
    return { signed, info: TSTInfo.fromBER(eContent.getValue()) }
  })
}

function parsed<Result>(parse: () => Result): Result {
  try {
    return parse()
  } catch (error) {
    throw new TypeError('The answer of the authority is no time stamp', { cause: error })
  }
}

async function checkSignature(signed: SignedData, { text, trusted }: TimestampCheck): Promise<void> {
  if (signed.signerInfos.length !== 1) throw new TypeError('The time stamp has not one signer')
  const result = await signed
    .verify({
      signer: 0,
      data: exact(Buffer.from(text)),
      extendedMode: true,
      checkChain: trusted !== undefined,
      trustedCerts: trusted === undefined ? [] : certificatesIn(trusted),
    })
    .catch((error: Error) => {
      throw new TypeError(`The signature of the time stamp is not good: ${error.message}`, { cause: error })
    })
  if (result.signatureVerified !== true) throw new TypeError('The signature of the time stamp is not good')
  if (!result.signerCertificate || !isForStamps(result.signerCertificate))
    throw new TypeError("The signer's certificate is not one for time stamps")
}

/** RFC 3161 §2.3: the extended usage is critical, and is time stamps alone. */
function isForStamps({ extensions = [] }: Certificate): boolean {
  const usage = extensions.find(({ extnID }) => extnID === extendedKeyUsage)
  const purposes = usage?.parsedValue instanceof ExtKeyUsage ? usage.parsedValue.keyPurposes : []
  return usage?.critical === true && purposes.length === 1 && purposes[0] === timeStamping
}

/** @throws TypeError where there is no certificate. */
export function certificatesIn(pem: string): Certificate[] {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----/g)]
  if (found.length === 0) throw new TypeError('There is no certificate (PEM) of an authority to be trusted')
  return found.map(([, encoded = '']) =>
    parsed(() => Certificate.fromBER(exact(Buffer.from(encoded, 'base64')))),
  )
}

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer')

/** The bytes in a buffer that has nothing else. */
const exact = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer
