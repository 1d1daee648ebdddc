import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { expect } from 'vitest'

/** Where the browser must be. */
export const chromiumPath: string = process.env['CHROMIUM'] || '/usr/bin/chromium'
export const hasChromium: boolean = existsSync(chromiumPath)

const schemes = ['light', 'dark'] as const
/** The size of the screenshots, that of a small laptop. */
const viewport = { width: 1280, height: 800 }
const screenshots = process.env['KEELSON_SCREENSHOTS']
/** What a call for one thing may take: generous, because machines that test are busy. */
const patience = 30_000
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
  })

/** Chromium's own line for an answer of 4xx, which is no fault of the page. */
const refusedAnswer = /^Failed to load resource: the server responded with a status of 4\d\d/

/**
 * The profile of a browser with a tab that stays, because a window that opens and closes costs more than the page in it.
 * The tab shows something of the console's own origin, whose storage it can empty.
 */
async function profileOf(browser: Browser, url: string): Promise<{ context: BrowserContext; kept: Page }> {
  const [open] = browser.contexts()
  if (open) return { context: open, kept: open.pages()[0] as Page }
  const context = await browser.newContext({
    baseURL: url,
    viewport,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  })
  context.setDefaultTimeout(patience)
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', e => console.error('blocked', e.effectiveDirective, e.blockedURI))`,
  )
  const kept = await context.newPage()
  await kept.goto('/favicon.svg')
  return { context, kept }
}

/** Leaves nothing to the next visit but what the browser has cached of the console. */
async function forgetVisit({ context, kept }: { context: BrowserContext; kept: Page }): Promise<void> {
  await Promise.all(context.pages().map(page => (page === kept ? undefined : page.close())))
  await kept.evaluate('localStorage.clear()')
  await context.clearCookies()
  await context.clearPermissions()
}

/**
 * Runs `visit` in a tab of its own, with nothing kept of earlier ones, and holds the page to complain of nothing and to
 * call nobody else. A browser visits one server.
 */
export async function inConsole(
  browser: Browser,
  url: string,
  visit: (page: Page) => Promise<void>,
): Promise<void> {
  const profile = await profileOf(browser, url)
  const complaints: string[] = []
  try {
    const page = await profile.context.newPage()
    page.on('console', message => {
      const isComplaint = ['error', 'warning'].includes(message.type()) && !refusedAnswer.test(message.text())
      if (isComplaint) complaints.push(message.text())
    })
    page.on('pageerror', error => complaints.push(String(error)))
    page.on('request', request => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== url)
        complaints.push(`a request to ${request.url()}`)
    })
    await visit(page)
    expect(complaints).toEqual([])
  } finally {
    await forgetVisit(profile)
  }
}

/** Goes to a path, and through the sign-in that stands before it. */
export async function signIn(page: Page, key: string, path = '/events'): Promise<void> {
  await page.goto(path)
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(url => url.pathname !== '/sign-in')
}

/** Resolves when nothing fades any more: a colour on its way is nobody's choice. Animations without end go on. */
const settled = `(async () => {
  for (let quiet = 0; quiet < 3; ) {
    await new Promise(requestAnimationFrame)
    const isChanging = document.getAnimations().some(animation => animation instanceof CSSTransition)
    quiet = isChanging ? 0 : quiet + 1
  }
})()`

interface Violation {
  readonly id: string
  readonly nodes: readonly string[]
}

interface AxeResults {
  readonly violations: readonly Violation[]
  /** Rules that had something to look at, and found nothing wrong or could not tell. */
  readonly looked: number
}

/** The rules that look at colours; the others say the same of a page in the light and in the dark. */
const ofColours = ['color-contrast', 'link-in-text-block']

/** Of rules that found nothing wrong one place each is enough, where finding all takes half the time. */
const runAxe = (only?: readonly string[]): string =>
  `axe.run(${JSON.stringify({ resultTypes: ['violations'], ...(only && { runOnly: only }) })})
    .then(({ violations, passes, incomplete }) => ({
      violations: violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })),
      looked: passes.length + incomplete.length,
    }))`

/** The text of links that nobody has given a colour, so that they are in the browser's own blue. */
const undressedLinks = `[...document.querySelectorAll('a[href]')]
  .filter(link => getComputedStyle(link).color === 'rgb(0, 0, 238)')
  .map(link => link.textContent)`

/** Holds what is on the page now to the rules of accessibility: in the light to all, in the dark to those of colours. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // Away from what was clicked, whose tooltip would come up at some moment.
  await page.mouse.move(viewport.width / 2, viewport.height - 1)
  await page.getByRole('tooltip').first().waitFor({ state: 'hidden' })
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor()
    await page.evaluate(settled)
    await saveScreenshot(page, `${name}-${scheme}`)
    if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe)
    const { violations, looked } = await page.evaluate<AxeResults>(
      scheme === 'light' ? runAxe() : runAxe(ofColours),
    )
    const least = scheme === 'light' ? 11 : 1
    expect(looked, `${name}, ${scheme}: rules that had something to look at`).toBeGreaterThanOrEqual(least)
    expect(violations.map(toLine), `${name}, ${scheme}`).toEqual([])
    expect(await page.evaluate(undressedLinks), `${name}, ${scheme}: links without a colour`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

const toLine = ({ id, nodes }: Violation): string => `${id}: ${nodes.join(' ')}`

async function saveScreenshot(page: Page, name: string): Promise<void> {
  if (screenshots === undefined || screenshots === '') return
  await mkdir(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`) })
}
