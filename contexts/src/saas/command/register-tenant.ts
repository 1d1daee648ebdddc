import { defineCommand } from 'keelson'
import Type from 'typebox'
import { id, oneOf, text, time } from '../../definition/field.ts'

export const RegisterTenant = defineCommand({
  type: 'RegisterTenant',
  version: '1.0',
  summary: 'Makes a customer a tenant and begins to set up what it needs.',
  aggregate: 'Tenant',
  target: payload => payload.tenantId,
  payload: Type.Object(
    {
      tenantId: Type.String({
        description: 'Id of the tenant to be: lower-case letters, digits and hyphens.',
        pattern: '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$',
        maxLength: 64,
        examples: ['contoso'],
      }),
      name: text('Name of the organisation.', 'Contoso Ltd', 200),
      editionCode: Type.Optional(text('Edition to start on; absent: the one that is free.', 'team', 100)),
      region: Type.Optional(id('Where its data is to be kept; absent: the default.', 'eu-west-1')),
      isolation: Type.Optional(
        oneOf(['Shared', 'Dedicated'], 'Whether it may share its database with others.', 'Shared'),
      ),
      origin: Type.Optional(id('How it came: selfService, sales, partner, migration …', 'selfService')),
      domain: Type.Optional(text('Internet domain of the organisation.', 'contoso.example', 253)),
      locale: Type.Optional(text('Language and country, a BCP 47 tag.', 'en-GB', 35)),
      timeZone: Type.Optional(text('Time zone by its IANA name.', 'Europe/London', 64)),
      trialEndsAt: Type.Optional(time('When the trial is to end.', '2026-07-11T00:00:00Z')),
      contact: Type.Optional(
        Type.Object(
          {
            userId: id('Opaque id of the person.', 'usr-7a10'),
            name: Type.Optional(text('Name of the person.', 'Ada Ferris', 200)),
            email: Type.Optional(text('E-mail address of the person.', 'ada@contoso.example', 320)),
          },
          { description: 'The person to turn to for this tenant.' },
        ),
      ),
    },
    { description: 'Which tenant to make, and with what.' },
  ),
  emits: ['TenantRegistered'],
  rejections: [
    { code: 'tenant_id_taken', when: 'The id belongs to a tenant, or belonged to one that is deleted.' },
    { code: 'edition_unknown', when: 'There is no such edition, or it cannot be started on.' },
    { code: 'region_unavailable', when: 'Tenants cannot be placed in that region with that isolation.' },
  ],
  permission: 'tenants:write',
  personal: [
    { pointer: '/contact/name', subject: '/contact/userId', kind: 'name' },
    { pointer: '/contact/email', subject: '/contact/userId', kind: 'email' },
  ],
  rules: [
    'Only an administrator of the platform registers tenants.',
    'A region is chosen once: moving to another one is no matter of this command.',
  ],
  examples: [
    {
      tenantId: 'contoso',
      name: 'Contoso Ltd',
      editionCode: 'enterprise',
      region: 'eu-west-1',
      isolation: 'Dedicated',
      origin: 'sales',
      domain: 'contoso.example',
      locale: 'en-GB',
      timeZone: 'Europe/London',
      contact: { userId: 'usr-7a10', name: 'Ada Ferris', email: 'ada@contoso.example' },
    },
    {
      tenantId: 'blue-heron',
      name: 'Blue Heron Yoga',
      origin: 'selfService',
      trialEndsAt: '2026-07-11T00:00:00Z',
    },
  ],
})
