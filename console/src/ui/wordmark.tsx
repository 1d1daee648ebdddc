import { Box } from '@mantine/core'

/** A hull's cross-section: the ribs, and the keelson that ties them to the keel. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#00606d" />
      <path
        d="M6 9c0 9 4 14 10 14s10-5 10-14"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <path
        d="M16 7v18M9.500 15.500h13"
        fill="none"
        stroke="#8fd3db"
        strokeWidth="2.2"
        strokeLinecap="round"
      />
    </svg>
  )
}

export function Wordmark() {
  return (
    <Box
      component="span"
      display="inline-flex"
      fw={650}
      fz={16}
      lts="-0.01em"
      style={{ alignItems: 'center', gap: 9, verticalAlign: 'top' }}
    >
      <Mark />
      Keelson
    </Box>
  )
}
