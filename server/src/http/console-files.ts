import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  // The component library sets style attributes; nothing else is let in.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** The folder of the built console; undefined where it was not built. */
export function consoleFolder(): string | undefined {
  const manifest = import.meta.resolve('@keelson/console/package.json')
  const folder = fileURLToPath(new URL('./dist/', manifest))
  return existsSync(`${folder}index.html`) ? folder : undefined
}

/** Serves the console's files; a path of its router gives its page. */
export async function consoleFiles(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    setHeaders(response, path) {
      // Hashed names never change their content.
      response.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
      response.header('content-security-policy', contentSecurityPolicy)
      response.header('x-content-type-options', 'nosniff')
      response.header('referrer-policy', 'no-referrer')
    },
  })
}
