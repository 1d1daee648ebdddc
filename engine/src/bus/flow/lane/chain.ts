/** What a chain strings together carries the link itself, so that nothing is allocated for it. */
export interface Link<Self> {
  next: Self | undefined
}

/** A first-in-first-out list through the links of its members; one that is added is in no chain, and its link is free. */
export class Chain<Member extends Link<Member>> {
  #first: Member | undefined
  #last: Member | undefined

  get first(): Member | undefined {
    return this.#first
  }

  add(member: Member): void {
    if (this.#last === undefined) this.#first = member
    else this.#last.next = member
    this.#last = member
  }

  take(): Member | undefined {
    const first = this.#first
    if (first === undefined) return undefined
    this.#first = first.next
    if (this.#first === undefined) this.#last = undefined
    first.next = undefined
    return first
  }

  /** Takes off all that follows a member; they stay linked to each other. Gives the first of them. */
  cutAfter(member: Member): Member | undefined {
    const { next } = member
    member.next = undefined
    this.#last = member
    return next
  }
}
