import type { FastifyReply, FastifyRequest } from 'fastify'
import fastify from 'fastify'
import { KeelsonError } from 'keelson'
import { afterAll, describe, expect, it } from 'vitest'
import { sendProblem } from './problem.ts'

const logged: string[] = []
const app = fastify({
  logger: { level: 'warn', stream: { write: (line: string) => void logged.push(line) } },
})
const fail = (code: 'store_busy' | 'store_failed') => (request: FastifyRequest, reply: FastifyReply) =>
  sendProblem(request, reply, new KeelsonError(code, 'what happened inside'))
app.get('/busy', fail('store_busy'))
app.get('/failed', fail('store_failed'))
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
})
