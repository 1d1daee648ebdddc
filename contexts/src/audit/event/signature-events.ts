import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const signatureId = id('Id of the signature: its log and the size that it signs.', 'contoso/main@1204332')
const checkId = Type.Optional(id('Run of the check that it belongs to.', 'chk-2026-06-11'))
const keyId = Type.Optional(
  text('Key: its name and id, as in the signature line.', 'audit.example.com/t/contoso/main+5d0a1f77', 300),
)
const checkedAt = Type.Optional(time('When it was checked.'))
const hash = (description: string) => text(description, '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw', 43)
const signedThing = Type.Optional(
  oneOf(
    ['checkpoint', 'manifest', 'erasure', 'cosignature'],
    'What is signed: a checkpoint of the log, the manifest of an export, the record of an erasure, or the cosignature of a witness.',
    'checkpoint',
  ),
)

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'audit.integrity',
  producer: 'Integrity Service',
  aggregate: 'IntegrityCheck',
  personal: [],
  retention: retention.proof,
  retry: retry.audit,
  deadLetter: deadLetter.page,
} as const

export const SignatureVerified = defineEvent({
  ...common,
  type: 'SignatureVerified',
  summary: 'A signature was checked and is good.',
  consumers: ['Compliance'],
  orderingKey: event => event.payload.signatureId,
  idempotencyKey: event => `${event.payload.signatureId}:${event.correlationId}`,
  payload: Type.Object(
    {
      signatureId,
      checkId,
      signed: signedThing,
      keyId,
      algorithm: Type.Optional(id('Algorithm.', 'Ed25519')),
      treeSize: Type.Optional(count('Size of the log that is signed.', 1_204_332)),
      rootHash: Type.Optional(hash('Root that is signed, base64url.')),
      cosignatures: Type.Optional(count('Witnesses whose cosignatures are good too.', 2)),
      checkedAt,
    },
    { description: 'Which signature, by which key.' },
  ),
  rules: [
    'The key is one that the tenant or the platform had registered when it signed.',
    'The signed bytes were those that are stored, not made anew.',
  ],
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Checked signatures by key.', 'Age of the newest good checkpoint of each log.'],
    alerts: ['A log has had no good checkpoint for an hour although events came.'],
  },
  examples: [
    {
      signatureId: 'contoso/main@1204332',
      checkId: 'chk-2026-06-11',
      signed: 'checkpoint',
      keyId: 'audit.example.com/t/contoso/main+5d0a1f77',
      algorithm: 'Ed25519',
      treeSize: 1_204_332,
      rootHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
      cosignatures: 2,
      checkedAt: '2026-06-11T03:00:12Z',
    },
    { signatureId: 'exp-7f21/manifest', signed: 'manifest' },
  ],
})

export const SignatureVerificationFailed = defineEvent({
  ...common,
  type: 'SignatureVerificationFailed',
  summary: 'A signature was checked and is not good, or its key is not one to be trusted.',
  consumers: ['Alerting', 'Compliance'],
  orderingKey: event => event.payload.signatureId,
  idempotencyKey: event => `${event.payload.signatureId}:${event.correlationId}`,
  retry: retry.alerting,
  payload: Type.Object(
    {
      signatureId,
      checkId,
      signed: signedThing,
      keyId,
      failure: Type.Optional(
        oneOf(
          ['signature-invalid', 'key-unknown', 'key-revoked', 'quorum-missing', 'text-malformed'],
          'What is wrong; quorum-missing: fewer witnesses have cosigned than must.',
          'signature-invalid',
        ),
      ),
      detail: Type.Optional(
        text('What was found, in words.', 'The root differs from that of the stored tiles.', 2048),
      ),
      checkedAt,
    },
    { description: 'Which signature, and what is wrong with it.' },
  ),
  rules: [
    'What is signed must not be relied on until somebody has found out why.',
    'A checkpoint that fails is kept beside the good ones, since two that contradict each other prove a fork.',
  ],
  monitoring: {
    metrics: ['Failed signatures by kind of failure and key.'],
    alerts: ['Any such event: page the security team.'],
  },
  examples: [
    {
      signatureId: 'contoso/main@1204332',
      checkId: 'chk-2026-06-11',
      signed: 'checkpoint',
      keyId: 'audit.example.com/t/contoso/main+5d0a1f77',
      failure: 'signature-invalid',
      detail: 'The root differs from that of the stored tiles.',
      checkedAt: '2026-06-11T03:00:12Z',
    },
    { signatureId: 'fabrikam/main@512', failure: 'quorum-missing' },
  ],
})
