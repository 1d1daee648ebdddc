import { leafNode, MerkleTree } from 'keelson/proof'
import { caseOptions, giveRun } from '../case-process.ts'

/** Leaves that are appended to a tree in batches of 256, with its root and its full tiles taken each time. */
const { seconds } = caseOptions<{ seconds: number }>()
const leaves = Array.from({ length: 4096 }, (_, at) => leafNode(`leaf ${at}`))
const tree = new MerkleTree()
const started = performance.now()
let tiles = 0
while (performance.now() - started < seconds * 1000) {
  for (let at = 0; at < 256; at += 1)
    tree.append(leaves[(tree.size + at) % leaves.length] as (typeof leaves)[number])
  tree.root()
  tiles += tree.takeFull().length
}
if (tiles < tree.size / 256) throw new Error('Tiles are missing')
giveRun({ perSecond: tree.size / ((performance.now() - started) / 1000) })
