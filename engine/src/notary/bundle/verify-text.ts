import { parsePolicy } from '../../proof/index.ts'
import type { BundleRange } from './bundle-tiles.ts'

interface VerifyFacts extends BundleRange {
  readonly origin: string
  readonly size: number
  readonly policy: string
  /** Files of checkpoints beside which a time stamp is. */
  readonly stamps: readonly string[]
}

/** `VERIFY.md`: how to check a bundle with tools that are not Keelson's. A test runs every command. */
export function verifyText(facts: VerifyFacts): string {
  const { origin, size, from, to } = facts
  const isWhole = from === 0 && to === size
  const key = parsePolicy(facts.policy).logs[0]
  const parts = [
    `# How to verify this bundle

Evidence from the log \`${origin}\`, which has ${size} leaves; ${isWhole ? 'all of them are here' : `here are the leaves from ${from} to before ${to}`}.
Key of the log when the bundle was made: \`${key?.name}+${key?.id}+…\`. Compare it with the one that you were given earlier, by another way.
Run the commands in this folder; they write nothing into it.

## Everything at once
\`\`\`
keelson verify .
\`\`\`
With \`--against FILE\` it shows that the log goes on from a checkpoint that you have kept yourself, and with \`--policy FILE\` that
it is signed by keys that you knew before. Where it says \`key_unlisted\`, the log got another key since: it names the entry of
the log that says so. Where it says \`older\`, the bundle ends before the checkpoint that you have kept.`,
    filesPart,
    signaturePart('checkpoint', 'The signature of the checkpoint'),
    ...(facts.stamps.length > 0 ? [stampPart(facts.stamps)] : []),
    signaturePart('manifest.note', 'The signature of the manifest'),
    manifestPart,
    ...(to > from ? [leafPart(from), bodyPart] : []),
    ...(to > from ? [isWhole ? goPart : goRangePart(from)] : []),
    absentPart,
    limitsPart,
  ]
  return `${parts.join('\n\n')}\n`
}

const filesPart = `## The files
\`\`\`sh
sed -nE 's/^ +"([^"]+)": "([0-9a-f]{64})",?$/\\2  \\1/p' manifest.json | sha256sum --check --quiet && echo ok
\`\`\``

/** Of a note's own text by the newest key of the policy, with OpenSSL 3. */
const signaturePart = (file: string, title: string): string => `## ${title}
\`\`\`sh
( t=$(mktemp -d) && trap 'rm -r "$t"' EXIT
  # The key as SubjectPublicKeyInfo (RFC 8410): twelve bytes that say Ed25519, and its last 32.
  printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000' > "$t/key"
  sed -n 's/^log //p' policy | head -n 1 | cut -d+ -f3- | base64 -d | tail -c 32 >> "$t/key"
  sed '/^$/,$d' ${file} > "$t/text"
  origin=$(head -n 1 ${file})
  grep -F -- "— $origin " ${file} | head -n 1 | cut -d' ' -f3 | base64 -d | tail -c 64 > "$t/signature"
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$t/key" -rawin -in "$t/text" -sigfile "$t/signature" )
\`\`\``

/** Of what is signed, with OpenSSL and the certificates of the authority. */
const stampPart = (files: readonly string[]): string => `## Time stamps
RFC 3161: an authority that is no part of Keelson has seen these heads. \`TSA_CA\` names a file with its certificates (PEM),
which you get from the authority itself:
\`\`\`sh
${files
  .map(
    file => `( t=$(mktemp -d) && trap 'rm -r "$t"' EXIT
  sed '/^$/,$d' ${file} > "$t/text"
  openssl ts -verify -in ${file}.tsr -data "$t/text" -CAfile "$TSA_CA"
  openssl ts -reply -in ${file}.tsr -text | grep '^Time stamp:' )`,
  )
  .join('\n')}
\`\`\``

const manifestPart = `The manifest's note has the SHA-256 of \`manifest.json\` in its third line:
\`\`\`sh
test "$(sed -n 3p manifest.note)" = "$(openssl dgst -sha256 -binary manifest.json | base64)" && echo ok
\`\`\``

/** The first leaf here against its place in a tile. */
function leafPart(from: number): string {
  const [tile, at] = [Math.floor(from / 256), from % 256]
  const number = String(tile % 1_000).padStart(3, '0')
  const groups = [number]
  for (let rest = Math.floor(tile / 1_000); rest > 0; rest = Math.floor(rest / 1_000))
    groups.unshift(`x${String(rest % 1_000).padStart(3, '0')}`)
  const path = `tile/0/${groups.join('/')}`
  return `## A leaf
Line 1 of \`leaves.ndjson\` is leaf ${from}; its hash, SHA-256 of a zero byte and the line, is hash ${at} of its tile:
\`\`\`sh
leaf=$( { printf '\\000'; sed -n 1p leaves.ndjson | tr -d '\\n'; } | sha256sum | cut -c 1-64 )
tile=$(cat $(ls -d ${path} ${path}.p/* 2> /dev/null) | tail -c +$(( ${at} * 32 + 1 )) | head -c 32 | od -An -v -tx1 | tr -d ' \\n')
test "$leaf" = "$tile" && echo ok
\`\`\``
}

/** The commitment of an entry's body. */
const bodyPart = `## The content of an entry
Line 1 of \`bodies.ndjson\` against line 1 of \`leaves.ndjson\`, with jq; an entry whose content was removed has no \`body\`:
\`\`\`sh
body=$(sed -n 1p bodies.ndjson)
commitment=$( { printf 'keelson/v1 body\\n'
  printf %s "$body" | jq -j .blind | tr '_-' '/+' | sed 's/$/=/' | base64 -d
  printf %s "$body" | jq -j .body
} | openssl dgst -sha256 -binary | base64 | tr '/+' '_-' | tr -d '=' )
test "$commitment" = "$(sed -n 1p leaves.ndjson | jq -r .body)" && echo ok
\`\`\``

/** Go: the start of `main`, which reads the keys, opens the checkpoint with them, and opens the leaves. */
const goOpening = `func main() {
	policy, _ := os.ReadFile("policy")
	var keys []note.Verifier
	for _, line := range strings.Split(string(policy), "\\n") {
		if key, err := note.NewVerifier(strings.TrimPrefix(line, "log ")); err == nil {
			keys = append(keys, key)
		}
	}
	signed, _ := os.ReadFile("checkpoint")
	checkpoint, err := note.Open(signed, note.VerifierList(keys...))
	if err != nil {
		log.Fatal(err)
	}
	leaves, err := os.Open("leaves.ndjson")
	if err != nil {
		log.Fatal(err)
	}`

/** The root over all leaves, computed by another implementation of RFC 6962. */
const goPart = `## The root over all leaves
With the Go project's own packages (\`golang.org/x/mod\`), from the leaves alone:
\`\`\`go
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

${goOpening}
	var hashes []tlog.Hash
	stored := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, _ error) {
		for _, index := range indexes {
			found = append(found, hashes[index])
		}
		return found, nil
	})
	size := int64(0)
	for lines := bufio.NewScanner(leaves); lines.Scan(); size++ {
		more, err := tlog.StoredHashes(size, lines.Bytes(), stored)
		if err != nil {
			log.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(size, stored)
	if err != nil {
		log.Fatal(err)
	}
	found := fmt.Sprintf("%d\\n%s\\n", size, base64.StdEncoding.EncodeToString(root[:]))
	if !strings.HasSuffix(checkpoint.Text, "\\n"+found) {
		log.Fatalf("the leaves give %q, the checkpoint says %q", found, checkpoint.Text)
	}
	fmt.Println("ok")
}
\`\`\``

/** Each leaf of a range against the root, through the tiles, by another implementation. */
const goRangePart = (from: number): string => `## The leaves, and the root
With the Go project's own packages (\`golang.org/x/mod\`): each leaf here is in the tree that was signed, by a path
through the tiles up to the root of the checkpoint.
\`\`\`go
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

${goOpening}
	var size int64
	var root tlog.Hash
	head := strings.Split(checkpoint.Text, "\\n")
	fmt.Sscanf(head[1], "%d", &size)
	if found, err := base64.StdEncoding.DecodeString(head[2]); err != nil || copy(root[:], found) != tlog.HashSize {
		log.Fatal("the checkpoint has no root")
	}
	tiles := map[string][]byte{}
	stored := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, _ error) {
		for _, index := range indexes {
			tile := tlog.TileForIndex(8, index)
			tile.W = int(min(256, size>>(8*tile.L)-tile.N*256))
			path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
			if tiles[path] == nil {
				if tiles[path], err = os.ReadFile(path); err != nil {
					return nil, err
				}
			}
			hash, err := tlog.HashFromTile(tile, tiles[path], index)
			if err != nil {
				return nil, err
			}
			found = append(found, hash)
		}
		return found, nil
	})
	next := int64(${from})
	for lines := bufio.NewScanner(leaves); lines.Scan(); next++ {
		path, err := tlog.ProveRecord(size, next, stored)
		if err != nil {
			log.Fatal(err)
		}
		if err := tlog.CheckRecord(path, size, root, next, tlog.RecordHash(lines.Bytes())); err != nil {
			log.Fatalf("leaf %d: %v", next, err)
		}
	}
	fmt.Println("ok")
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
\`\`\``

/** Rules that `verify` of the proof room keeps to; its README has them whole. */
const absentPart = `## What is absent
Content can be removed, leaves never. Each absence needs a later entry of the log that says so, whose \`kind\` in its leaf is not
\`event\`; \`payload\` of its body is the record, and \`erasedBy\` in \`bodies.ndjson\` names it by its index. A range \`[a,b]\` ends before b.
- A digest in an \`_sd\` without a disclosure: an \`erasure\` whose \`keys\` have the \`kid\` beside it.
- Another body than the leaf commits to: a \`redaction\` whose \`n\` is the entry and whose \`body\` is the commitment to this one.
- No body: a \`retention\` whose \`removed\` has the entry in the \`entries\` of a group, with its \`type\`, the ids of its \`keys\` and its
  \`stream\`: base64url of SHA-256 over \`keelson/v1 stream\`, \`salt\` and the name, with line feeds between. Where it has no
  \`removed\` its \`range\` must have the entry. It was older than the \`minimumDays\` of the \`policy\` that it names, which is a record too.
- No \`hold.set\` before that record, without its \`hold.release\`, may cover the entry: by \`scope\`, or by \`entries\` where it has them.
- \`sigs\` are Ed25519 over the canonical JSON (RFC 8785) of the record without \`sigs\`, by keys of \`approver\`s that earlier \`key\` records
  register; once there is one, a removal has as many as \`approvalsNeeded\`, and of a policy that removes, the \`policy\` record has one.`

const limitsPart = `## What it shows, and what not
What verifies was not edited, reordered, inserted or left out since the checkpoint was signed, and goes on from every
checkpoint that you or a witness have kept. It does not show that a product sent everything, that what it sent is true,
or that nobody kept a copy of a key that was destroyed.`
