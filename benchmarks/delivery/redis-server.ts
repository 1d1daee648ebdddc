import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server of its own for one run. */
export interface RedisServer {
  readonly port: number
  close(): Promise<void>
}

/** Starts `redis-server` with an append-only file that is fsynced every second, in a folder of its own. */
export async function openRedisServer(parent: string): Promise<RedisServer> {
  const folder = mkdtempSync(join(parent, 'redis-'))
  const port = await freePort()
  const settings = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--bind', '127.0.0.1']
  const args = ['--port', String(port), '--dir', folder, ...settings, '--maxmemory-policy', 'noeviction']
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  const ended = once(child, 'close')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  await Promise.race([untilOpen(port), ended.then(() => Promise.reject(new Error('redis-server has ended')))])
  return {
    port,
    close: async () => {
      process.off('exit', kill)
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilOpen(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return
    await sleep(50)
  }
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
