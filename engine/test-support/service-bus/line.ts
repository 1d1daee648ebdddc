import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { Transform } from 'node:stream'

export interface Line {
  readonly port: number
  /** Ends every connection that goes over it, and lets no other in. */
  cut(): void
}

/** A way to a port of this machine that can be cut for good, as when a process dies; `delay` is in milliseconds, each way. */
export async function openLine(port: number, delay = 0): Promise<Line> {
  const sockets = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        near.destroy()
        far.destroy()
        sockets.delete(socket)
      })
    }
    near.pipe(later(delay)).pipe(far)
    far.pipe(later(delay)).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Gives everything on after so many milliseconds, in its order. */
const later = (delay: number): Transform =>
  new Transform({
    transform(chunk, _, done) {
      if (delay === 0) return done(null, chunk)
      setTimeout(() => this.push(chunk), delay)
      done()
    },
    flush: done => void setTimeout(done, delay),
  })
