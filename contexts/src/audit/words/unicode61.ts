/**
 * The tables of SQLite's tokenizer `unicode61 remove_diacritics 2`, which know Unicode as of version 6.1: what was
 * assigned later counts as a letter, and keeps its case. Ranges of code points beyond ASCII: the gap to the range
 * before, and how many follow its first, in base 36.
 */
const letters = `
  16,0 7,1 1,0 3,1 1,2 1,m 1,u 1,cp 4,b e,4 7,0 1,0 3l,4 1,7 1,4 2,0 1,31 1,3u 8,5r 6,14 2,3 1,0
  1j,16 2,a 5,0 m,1 2,16 l,9 4,1 1,2q 1,0 f,1 7,e 2,0 e,0 1,0 1,t r,2i b,1l 9,1 4,r 4,0 9,0 3,0 5,1
  f,p 3,1 1,3o r,0 4,1h 3,0 i,0 7,9 4,9 1,f 3,1j 1,0 7,1 2,1 3,8 1,9 2,d 2,5 2,4 3,1j 1,0 5,3 2,1
  3,2 1,t 2,2 1,a 3,1j 1,0 8,0 3,0 3,j 2,b 2,e 3,1j 1,0 7,1 2,1 3,7 2,9 2,b 1,g 1,1m 5,2 3,0 4,8 1,q
  8,5 3,1l 7,0 3,0 4,6 2,a 2,q 1,1 2,1j 1,0 7,0 3,0 4,6 2,a 2,t 2,1l 7,0 3,0 4,8 1,9 2,k 1,7 2,1x
  1,3 6,0 1,0 8,h 3,1n 1,1 7,3 1,6 9,9 2,2c 1,1 6,0 2,a 6,1e v,j c,1c n,4 b,0 10,0 f,0 d,27 k,a 6,5
  4,3 3,0 3,1 7,2 4,c c,0 1,9 6,2i 1,gw c,12 a,2t 1,h7 2,g 1,p 2,25 3,z 3,s 5,q 2,t 2,1r z,0 4,0 1,x
  f,49 1,39 c,3 c,3 1,2 2,2x h,6 2,j y,m 5,1 2,1g a,0 t,1 1,v 7,0 6,29 5,1a h,k z,2 3,t d,1j e,7 4,z
  k,2 5,1p 2,1r 8,7 p,3 1,3 3,5m 13,k 4,cc 1,0 3,a 3,c 3,c 3,c 2,0 2t,4 6,9 5,a 5,g q,l x,e 2,0 4,0
  2,9 1,0 3,4 6,0 1,0 1,0 1,3 1,a 2,3 5,4 4,0 1,1r h0,b 13,o b,28 26,l e8,0 39,t qh,2 a,ay 6,3 3,6
  4,0 2,33 1,d 1,2n 27,0 c,1v q,0 2h,b 5y,p c,3 5,2 p,8 7,4 2,4 3,2g 4,2 1,2h 1,43 2,3 a,v 10,r v,a
  u,7 1,e w,9 13,e 1r,0 74,533 1s,h3j 1j,1i 2,7g 3,2m g,v 1,27 8,7 n,8 2,2u 2,3a 1,2 1,3 1,m 9,9
  4,1l 4,7 2,1d h,8 2,f i,5 3,16 a,m d,a 1,v 4,1a r,f 2,20 e,b 1,7 2,d 4,m 3,0 1,1f 1,0 3,1 2,4 2,0
  1,r 2,a 7,2 2,6j b,8pd 1kw,5ct 1,9 1,3r g,aj 2,57 2,1 q,5 7,8 z,0 j,0 4,42 1,0 f,9 7,p 6,p b,3d
  7,0 7,9 7,73 3,1f 9,1k h,5 c,1f 1a,bk 1,1b 1,w5 1,5i 1,u 1,5c 3,0 2,4 4,13 3,3 1,f 9,11 1,54 7,xr
  3,1g m,1d 3,18 i,1p 3,z e,a 4,1n 3,1b e,3 4,yp d,2pj 4,esc 1a,f 4,j1o 6u,9 13,1 51,x 1y,55 2f,o9
  1,o 1,u 1,o 1,u 1,o 1,u 1,o 1,u 1,o 1,4kr 2,7h 18,3 2s,b f,1 e,1 f,0 f,1b v,0 1o,3 17,22 t,c 17,4
  9,6 2,4t x,e 6,0 1y,2 k,b 11,0 5,k h,e 1r,0 1,0 52,0 4,2 1q,1 4,b o,42 1y,3 b,1b 1y,1l 38,gwi4 1,t
  2o,3j 6o,47bj
`

/** Letters that keep their case. */
const unfolded = `
  lb,0 bs,0 1,0 1,0 1,0 2up,2d 1oq,9 6,16 2,2 31r,0 o6g,0 1,0 6z,0 1,0 1,0 1,0 1,0 c,3 1,4 1,0 1,0
  1,0 1,0 1,0 1,0 1,0 1,3 1,0 1,1 1,0 1,0 1,0 1,0 1,0 1,0 1,0 1,0 o,0 ibe,z 4c,a 1,e 1,6 1,1 1d6,1e
  4d,l 27u,v gw0,v 1s,o o5j,x
`

/** Letters and digits, one by one or in a row. */
export const wordPattern: RegExp = new RegExp(`[A-Za-z0-9${toClass(letters)}]+`, 'gu')
export const unfoldedPattern: RegExp = new RegExp(`[${toClass(unfolded)}]`, 'u')
/** Accents that stand after their letter; the tokenizer passes over them. */
export const accentPattern: RegExp =
  /[\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331]/gu

function toClass(table: string): string {
  let next = 128
  return table
    .trim()
    .split(/\s+/)
    .map(range => {
      const [gap = 0, more = 0] = range.split(',').map(digits => Number.parseInt(digits, 36))
      const first = next + gap
      next = first + more + 1
      return `\\u{${first.toString(16)}}-\\u{${(next - 1).toString(16)}}`
    })
    .join('')
}
