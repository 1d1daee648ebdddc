// The peer of the ingest benchmark: the same framework with a route that does nothing.
import fastify from 'fastify'

const app = fastify({ logger: false })
app.post('/v1/events', async (_, reply) => reply.code(201).send({ ok: true }))
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
process.stdout.write('ready\n')
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)))
