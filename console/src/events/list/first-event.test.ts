import { describe, expect, it } from 'vitest'
import { firstEventCurl, ingestCommand } from './first-event.ts'

describe('the commands for a first event', () => {
  it('are bare on a default server with a key of one tenant', () => {
    const options = { origin: 'http://127.0.0.1:4680', tenant: undefined }
    expect(ingestCommand(options)).toBe('npx keelson ingest --format github FILE')
    const curl = firstEventCurl(options, new Date(0))
    expect(curl).not.toContain('Keelson-Tenant')
    expect(JSON.parse(/-d '(.*)'$/s.exec(curl)?.[1] ?? '')).toMatchObject({
      occurredAt: '1970-01-01T00:00:00.000Z',
    })
  })

  it('name the server and the tenant where they must', () => {
    const options = { origin: 'https://events.example.com', tenant: 'acme' }
    expect(ingestCommand(options)).toBe(
      'npx keelson ingest --url https://events.example.com --tenant acme --format github FILE',
    )
    expect(firstEventCurl(options, new Date(0))).toContain("-H 'Keelson-Tenant: acme'")
  })
})
