import Type from 'typebox'
import { defineEvent } from '../../core/index.ts'
import { details, keys, someHash } from './details.ts'
import { entryRanges, hash, index, text } from './fields.ts'

const removedGroup = { type: 'PolicyEvaluated', stream: someHash, keys, entries: [[40, 42]] }

export const LogRetentionRecorded = defineEvent({
  ...details,
  type: 'LogRetentionRecorded',
  version: '1.1',
  summary: 'Content of old entries was removed as a retention policy says.',
  rules: [
    'Every entry of the range without content was as old as the policy asks for.',
    'Since 1.1 it names what it removed, and covers nothing else of its range.',
  ],
  monitoring: { metrics: ['Entries whose content was removed.'] },
  payload: Type.Object(
    {
      action: Type.Literal('retention', { description: 'What was done.', examples: ['retention'] }),
      policy: text('Id and version of the policy.', 'seven-years@1', 200),
      range: Type.Array(index('Index of an entry.', 0), {
        description: 'From the first index up to the second, which is not part of it.',
        minItems: 2,
        maxItems: 2,
        examples: [[0, 500]],
      }),
      minimumDays: index('Days that the policy keeps content at the least.', 2_557),
      salt: Type.Optional(
        text('16 bytes as base64url, which digests of streams are made with.', 'A'.repeat(22), 22),
      ),
      removed: Type.Optional(
        Type.Array(
          Type.Object(
            {
              type: text('Type of event.', 'PolicyEvaluated', 128),
              stream: hash('SHA-256 over `keelson/v1 stream`, the salt and the name, each on a line.'),
              keys: Type.Array(text('Id of a key that sealed something.', 'k-AAECAwQFBgcICQoLDA0ODw', 64), {
                description: 'Ids of keys; they say nothing of whose they are.',
                maxItems: 10_000,
                examples: [keys],
              }),
              entries: entryRanges('Which entries.', 1_000),
            },
            { description: 'Entries that are alike in this.' },
          ),
          { description: 'What was removed.', maxItems: 1_000, examples: [[removedGroup]] },
        ),
      ),
    },
    { description: 'Which entries, by which policy.' },
  ),
  examples: [
    { action: 'retention', policy: 'seven-years@1', range: [0, 500], minimumDays: 2_557 },
    {
      action: 'retention',
      policy: 'ninety-days@3',
      range: [500, 501],
      minimumDays: 90,
      salt: 'A'.repeat(22),
      removed: [{ ...removedGroup, entries: [[500, 501]] }],
    },
  ],
})
