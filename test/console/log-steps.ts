import { readFile } from 'node:fs/promises'
import type { Download, Page } from 'playwright-core'

/** What a button hands over as a file. */
export async function downloadBy(page: Page, act: () => Promise<void>): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  return download
}

export const contentOf = async (download: Download): Promise<Buffer> => readFile(await download.path())

/** Chooses a file by the button that asks for a key. */
export async function chooseKey(page: Page, path: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose a key file…', exact: true }).click(),
  ])
  await chooser.setFiles(path)
}

/** Answers for a path with what the server says, changed. */
export async function alter<Body>(page: Page, path: string, change: (body: Body) => Body): Promise<void> {
  await page.route(`**${path}`, async route => {
    const response = await route.fetch()
    await route.fulfill({ response, json: change((await response.json()) as Body) })
  })
}

/** Has the page write to a file that nobody has to pick: the dialog is the browser's own, and out of reach. */
export const pickPrivateFile = `window.showSaveFilePicker = async () =>
  (await navigator.storage.getDirectory()).getFileHandle('picked.tar', { create: true })`
/** Bytes of it; 0 before it is there. */
export const sizeOfPicked = `navigator.storage.getDirectory()
  .then(folder => folder.getFileHandle('picked.tar')).then(file => file.getFile()).then(({ size }) => size, () => 0)`

/** Titles of the steps of a proof that have failed. */
export const failedSteps = (page: Page): Promise<readonly string[]> =>
  page
    .locator('li')
    .filter({ has: page.getByLabel('Failed', { exact: true }) })
    .getByRole('heading', { level: 3 })
    .allTextContents()
