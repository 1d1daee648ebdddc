import { useDisclosure, useLocalStorage, useMediaQuery } from '@mantine/hooks'

/** Whether the filters are shown: beside the list where there is room, else in a dialog over it. */
export function useFilters() {
  const isWide = useMediaQuery('(min-width: 900px)', true, { getInitialValueInEffect: false })
  const [isPinned, setPinned] = useLocalStorage({
    key: 'keelson.facets',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const [isDialogOpen, dialog] = useDisclosure(false)
  return {
    isBeside: isWide && isPinned,
    isDialog: isDialogOpen && !isWide,
    isOpen: isWide ? isPinned : isDialogOpen,
    toggle: () => (isWide ? setPinned(!isPinned) : dialog.toggle()),
    close: dialog.close,
  }
}
