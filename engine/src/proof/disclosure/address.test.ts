import { expect, test } from 'vitest'
import { isAddress } from './address.ts'

test.each([
  'ada@example.com',
  'Ada.Lovelace+x@mail.example.co.uk',
  'müller@exämple.de',
  'svc@project.iam.gserviceaccount.com',
  '+43 316 873-0',
  'tel:+14155550100',
  '203.0.113.7',
  '2001:db8::7',
  '::1',
  'fe80::1%eth0',
  '2001:db8:0:0:0:0:0:7',
  '::ffff:203.0.113.7',
])('%s is an address', value => {
  expect(isAddress(value)).toBe(true)
})

test.each([
  'usr-12',
  '21031067',
  '0316873',
  '+12',
  'ada@example',
  '@scope/name',
  'git@github.com:keelson',
  'mail ada@example.com',
  'arn:aws:iam::123456789012:role/Deploy',
  'system:serviceaccount:kube-system:default',
  '2026-06-11T09:00:01Z',
  '1.2.3',
  '256.1.1.1',
  '12:30:00',
  '',
  `${'a'.repeat(500)}@example.com`,
  7,
  null,
  undefined,
])('%s is none', value => {
  expect(isAddress(value)).toBe(false)
})
