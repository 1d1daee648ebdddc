/** A sentence in which the words between backticks are code. */
export function Worded({ text }: { readonly text: string }) {
  return text.split('`').map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name but their place
      <span key={at} className="mono">
        {part}
      </span>
    ) : (
      part
    ),
  )
}
