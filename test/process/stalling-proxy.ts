import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** A way to a server that goes away: at once, or without a word. */
export interface StallingProxy {
  readonly port: number
  /** Resolves when somebody has come this way. */
  readonly used: Promise<void>
  /** Ends every connection, and refuses new ones. */
  shut(): void
  /** From here on nothing comes through, and nobody is told. */
  stall(): void
  /** Lets everything through again that waits. */
  resume(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** As a machine behind it does that is switched off (`shut`) or hangs (`stall`). */
export async function stallingProxy({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): Promise<StallingProxy> {
  const sockets = new Set<Socket>()
  const used = Promise.withResolvers<void>()
  let state: 'open' | 'stalled' | 'shut' = 'open'
  const server = createServer(client => {
    used.resolve()
    if (state === 'shut') return client.resetAndDestroy()
    const upstream = connect({ host, port })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('data', bytes => {
        if (!to.write(bytes)) from.pause()
      })
      to.on('drain', () => state === 'open' && from.resume())
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        sockets.delete(from)
      })
      if (state === 'stalled') from.pause()
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of [...sockets]) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    used: used.promise,
    shut() {
      state = 'shut'
      cut()
    },
    stall() {
      state = 'stalled'
      for (const socket of sockets) socket.pause()
    },
    resume() {
      state = 'open'
      for (const socket of sockets) socket.resume()
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
