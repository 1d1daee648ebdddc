import { expect, test } from 'vitest'
import { canonicalSubject, isAddress } from './address.ts'

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
  ' Ada@example.com ',
  'mailto:ada@example.com',
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

test.each([
  ['Mina@Leak.example', 'mina@leak.example'],
  [' mailto:mina@leak.example ', 'mina@leak.example'],
  ['MAILTO:Mina@Leak.Example', 'mina@leak.example'],
  ['Mu\u0308ller@example.de', 'm\u00fcller@example.de'],
  ['tel:+1 (415) 555-0100', '+14155550100'],
  ['+43 316 873-0', '+433168730'],
  ['203.0.113.07', '203.0.113.7'],
  ['2001:DB8:0:0:0:0:0:7', '2001:db8::7'],
  ['FE80::1%eth0', 'fe80::1%eth0'],
  ['2001:db8::7', '2001:db8::7'],
  // No addresses: these stand for themselves.
  ['USR-Zoe', 'USR-Zoe'],
  [' usr-12 ', ' usr-12 '],
  ['mailto:Mina', 'mailto:Mina'],
])('the subject %s has its keys under %s', (given, kept) => {
  expect(canonicalSubject(given)).toBe(kept)
})
