import { Skeleton } from '@mantine/core'

const WIDTHS = [44, 71, 38, 64, 52, 77, 41, 69, 47, 73]

export function ListSkeleton() {
  return (
    <div aria-hidden style={{ padding: '14px 18px' }}>
      {WIDTHS.map(width => (
        <div key={width} style={{ marginBottom: 22 }}>
          <Skeleton h={13} w={`${width - 18}%`} mb={8} />
          <Skeleton h={11} w={`${width}%`} />
        </div>
      ))}
    </div>
  )
}
