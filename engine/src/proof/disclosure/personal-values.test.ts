import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue, PersonalField } from '../../core/index.ts'
import { personalValues } from './personal-values.ts'

const of = (payload: JsonValue, personal: readonly PersonalField[], metadata?: JsonObject) =>
  personalValues({ eventId: 'evt-1', payload, ...(metadata && { metadata }) }, personal).map(
    ({ pointer, subject }) => [pointer, subject],
  )

describe('the personal values of an event', () => {
  it('are those of its type, with the subject that stands in the payload', () => {
    const payload = { actor: { id: 'usr-1', name: 'Ada' }, note: { authorId: 7, text: 'x' }, mail: 'a@b.c' }
    expect(
      of(payload, [
        { pointer: '/actor/name', subject: '/actor/id' },
        { pointer: '/note/text', subject: '/note/authorId' },
        { pointer: '/mail', subject: '/mail' },
        { pointer: '/absent', subject: '/actor/id' },
        { pointer: '/actor/name', subject: '/mail' },
      ]),
    ).toEqual([
      ['/payload/actor/name', 'usr-1'],
      ['/payload/note/text', '7'],
      ['/payload/mail', 'a@b.c'],
    ])
  })

  it('have the subject of their own item', () => {
    const commits = [
      { id: 'u1', name: 'Ada' },
      { id: 'u2', name: 'Bob', files: [{ by: 'u3', path: 'p' }] },
      { name: 'Eve' },
    ]
    expect(
      of({ commits }, [
        { pointer: '/commits/*/name', subject: '/commits/*/id' },
        { pointer: '/commits/*/files/*/path', subject: '/commits/*/files/*/by' },
      ]),
    ).toEqual([
      ['/payload/commits/0/name', 'u1'],
      ['/payload/commits/1/name', 'u2'],
      ['/payload/commits/2/name', 'Eve'],
      ['/payload/commits/1/files/0/path', 'u3'],
    ])
  })

  it('are the value itself without a subject, or else the event', () => {
    const payload = { name: 'Ada', age: 36, who: { id: '' }, empty: '' }
    expect(
      of(payload, [
        { pointer: '/name', subject: '/none' },
        { pointer: '/age', subject: '/who/id' },
        { pointer: '/empty', subject: '/who' },
      ]),
    ).toEqual([
      ['/payload/name', 'Ada'],
      ['/payload/age', 'event:evt-1'],
      ['/payload/empty', 'event:evt-1'],
    ])
  })

  it('are whole lists, never single items', () => {
    expect(of({ mails: ['a', 'b'] }, [{ pointer: '/mails/*', subject: '/mails/*' }])).toEqual([
      ['/payload/mails', 'event:evt-1'],
    ])
    expect(of({ mails: ['a'] }, [{ pointer: '/mails/*', subject: '/mails/*' }])).toEqual([
      ['/payload/mails', 'a'],
    ])
    expect(of({ mails: [['a'], ['b']], by: 'u' }, [{ pointer: '/mails/*/*', subject: '/by' }])).toEqual([
      ['/payload/mails', 'u'],
    ])
    expect(of(['a'], [{ pointer: '/0', subject: '/none' }])).toEqual([['/payload', 'event:evt-1']])
    expect(of({ mails: [] }, [{ pointer: '/mails/*', subject: '/mails/*' }])).toEqual([])
  })

  it('may count only where they are addresses', () => {
    const id = (pointer: string) => ({ pointer, subject: pointer, form: 'address' as const })
    const personal = [
      { pointer: '/actor/name', subject: '/actor/id' },
      id('/actor/id'),
      id('/by/*'),
      id('/of/*/userId'),
    ]
    expect(of({ actor: { id: 'usr-1', name: 'Ada' }, by: ['usr-1'], of: [{ userId: 7 }] }, personal)).toEqual(
      [['/payload/actor/name', 'usr-1']],
    )
    const mail = 'ada@example.com'
    expect(
      of(
        { actor: { id: mail, name: 'Ada' }, by: ['usr-1', mail], of: [{ userId: 'x' }, { userId: mail }] },
        personal,
      ),
    ).toEqual([
      ['/payload/actor/name', mail],
      ['/payload/actor/id', mail],
      ['/payload/by', 'event:evt-1'],
      ['/payload/of/1/userId', mail],
    ])
  })

  it('may count only where a kind says a person', () => {
    const when = { kind: '/targets/*/type' }
    const personal = [
      { pointer: '/target/name', subject: '/target/id', when: { kind: '/target/type' } },
      { pointer: '/targets/*/name', subject: '/targets/*/id', when },
      { pointer: '/targets/*/id', subject: '/targets/*/id', form: 'address' as const, when },
    ]
    const of2 = (type: JsonValue) => of({ target: { type, id: 'u', name: 'Zoe' } }, personal)
    for (const type of ['user', 'User', ' PERSON '])
      expect(of2(type)).toEqual([['/payload/target/name', 'u']])
    for (const type of ['repository', 'user-pool', 7, null]) expect(of2(type)).toEqual([])
    const targets = [
      { type: 'bucket', id: 'zoe@a.example', name: 'B' },
      { type: 'Member', id: 'zoe@a.example', name: 'Zoe' },
      { id: 'x', name: 'Y' },
    ]
    expect(of({ targets }, personal)).toEqual([
      ['/payload/targets/1/name', 'zoe@a.example'],
      ['/payload/targets/1/id', 'zoe@a.example'],
    ])
  })

  it('of the metadata are always personal', () => {
    expect(of(1, [], { user: 'ada', ip: '203.0.113.7', userAgent: 'x', entityId: 'e' })).toEqual([
      ['/metadata/user', 'ada'],
      ['/metadata/ip', 'ada'],
      ['/metadata/userAgent', 'ada'],
    ])
    expect(of(1, [], { ip: '203.0.113.7' })).toEqual([['/metadata/ip', '203.0.113.7']])
  })

  it('within another are a part of it', () => {
    expect(
      of({ who: { name: 'Ada', id: 'u' } }, [
        { pointer: '/who/name', subject: '/who/id' },
        { pointer: '/who', subject: '/who/id' },
      ]),
    ).toEqual([['/payload/who', 'u']])
  })

  it('may have names with escapes, or that look like a pattern', () => {
    const payload = { 'a/b': { '~': 'x', '*': 'y' } }
    expect(
      of(payload, [
        { pointer: '/a~1b/~0', subject: '/a~1b/*' },
        { pointer: '/a~1b/*', subject: '/a~1b/~0' },
      ]),
    ).toEqual([
      ['/payload/a~1b/~0', 'y'],
      ['/payload/a~1b/*', 'x'],
    ])
  })
})
