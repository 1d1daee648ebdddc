import type { FastifyReply, FastifyRequest } from 'fastify'
import fastify from 'fastify'
import { KeelsonError } from 'keelson'
import { afterAll, describe, expect, it } from 'vitest'
import { createProblemSender } from './problem.ts'

const logged: string[] = []
const clock = { time: 0 }
const sendProblem = createProblemSender(() => clock.time)
const app = fastify({
  logger: { level: 'warn', stream: { write: (line: string) => void logged.push(line) } },
})
const fail = (code: 'store_busy' | 'store_failed') => (request: FastifyRequest, reply: FastifyReply) =>
  sendProblem(request, reply, new KeelsonError(code, 'what happened inside'))
app.get('/busy', fail('store_busy'))
app.get('/failed', fail('store_failed'))
app.get('/damaged/:what', (request, reply) => {
  const { what } = request.params as { what: string }
  return sendProblem(request, reply, new KeelsonError('log_damaged', `tile/0/${what} is gone`))
})
afterAll(() => app.close())

describe('a problem', () => {
  it('that is back-pressure is answered with when to come again, and not logged', async () => {
    const answer = await app.inject('/busy')
    expect([answer.statusCode, answer.headers['retry-after'], logged]).toEqual([503, '1', []])
  })

  it('from inside is logged with what happened, and answered without', async () => {
    const answer = await app.inject('/failed')
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'store_failed'])
    expect(answer.body).not.toContain('what happened inside')
    expect(logged.filter(line => line.includes('what happened inside'))).toHaveLength(1)
  })

  it('of damage that is known is logged in one line, once a minute for each', async () => {
    logged.length = 0
    for (const what of ['000', '000', '001', '000'])
      expect((await app.inject(`/damaged/${what}`)).json()).toMatchObject({
        code: 'log_damaged',
        detail: `tile/0/${what} is gone`,
      })
    const lines = () => logged.map(line => (JSON.parse(line) as { msg: string }).msg)
    expect(lines()).toEqual(['tile/0/000 is gone', 'tile/0/001 is gone'])
    expect(logged.join('')).not.toContain('"stack"')
    await app.inject({ url: '/damaged/000', headers: { authorization: 'Bearer of-another-tenant' } })
    expect(lines()).toHaveLength(3)
    clock.time += 60_000
    await app.inject('/damaged/000')
    expect(lines()).toHaveLength(4)
  })
})
