/** Where a name is a digest, the server gives this in its place. */
export const hiddenValue = 'hidden'

/** What is said of names that are not there to be seen: to who sees all that there are they were erased. */
export const hiddenWords = ({ seesPersonal }: { readonly seesPersonal: boolean }) =>
  seesPersonal
    ? { text: 'erased', meaning: 'Of these events the name was erased' }
    : { text: 'not shown', meaning: 'Of these events this key does not see the name, or it was erased' }
