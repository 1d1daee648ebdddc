/** Whether a search is whole, or still being typed: an open quotation or a bare operator is no query yet. */
export function isSettled(text: string): boolean {
  const quotes = text.split('"').length - 1
  return quotes % 2 === 0 && !/(^|\s)[-*]+$/.test(text)
}
