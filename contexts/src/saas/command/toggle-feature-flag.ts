import { defineCommand } from 'keelson'
import Type from 'typebox'
import { flag, id, list, note, number, text } from '../../definition/field.ts'

export const ToggleFeatureFlag = defineCommand({
  type: 'ToggleFeatureFlag',
  version: '1.0',
  summary: 'Switches a feature on or off, or changes who sees it.',
  aggregate: 'FeatureFlag',
  target: payload => payload.featureFlagId,
  payload: Type.Object(
    {
      featureFlagId: id('Id of the flag.', 'ff-31'),
      enabled: flag('Whether the feature is to be on.', true),
      rolloutPercentage: Type.Optional(
        number('Part of users who are to see it, in percent; absent: all.', 25, { minimum: 0, maximum: 100 }),
      ),
      segments: Type.Optional(
        list(id('Code of a group of users.', 'beta'), 'Groups who are to see it in any case.', ['beta']),
      ),
      variant: Type.Optional(id('Variant to serve, where there are several.', 'compact')),
      changeTicket: Type.Optional(text('Where the change was agreed on.', 'CHG-2041', 128)),
      note: Type.Optional(note('Why it is switched.', 'Errors rose after the release.')),
    },
    { description: 'Which flag, and how it is to stand.' },
  ),
  emits: ['FeatureFlagToggled'],
  rejections: [
    { code: 'feature_flag_unknown', when: 'There is no such flag, or it is retired.' },
    { code: 'feature_flag_unchanged', when: 'The flag stands like that already.' },
    { code: 'segment_unknown', when: 'A group that is named does not exist.' },
    { code: 'edition_excludes_feature', when: 'The edition of the tenant does not have the feature.' },
    { code: 'changes_frozen', when: 'The environment that the flag belongs to takes no changes at present.' },
  ],
  permission: 'feature-flags:write',
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  rules: [
    'The command says how the flag is to stand, whole: what it leaves out is not kept from before.',
    'Switching off is possible at any time, also while changes are frozen.',
  ],
  examples: [
    {
      featureFlagId: 'ff-31',
      enabled: true,
      rolloutPercentage: 25,
      segments: ['beta', 'staff'],
      variant: 'compact',
      changeTicket: 'CHG-2041',
    },
    {
      featureFlagId: 'ff-31',
      enabled: false,
      note: { authorId: 'usr-7a10', text: 'Payments failed more often with the new page.' },
    },
  ],
})
