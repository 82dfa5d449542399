// Reads a log of lockgate with the code of Go's checksum database, which knows nothing of lockgate.
//
//	main KEY LOG [PROOF...]
//
// It opens the checkpoint with note, authenticates the hash of every leaf against its root with tlog, compares each
// with the entry in the bundles, and checks proofs in the form of C2SP tlog-proof. Leaves with 1 at the first thing
// that does not hold.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, width = 8, 256

type tiles string

func (t tiles) Height() int                      { return height }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, err := os.ReadFile(filepath.Join(string(t), "tile", strconv.Itoa(tile.L), number(tile.N, tile.W)))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("tile of %d bytes, expected %d hashes", len(data), tile.W)
		}
		found = append(found, data)
	}
	return found, nil
}

// number returns the path of a tile below its level, as C2SP tlog-tiles writes it.
func number(n int64, w int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if w < width {
		path += fmt.Sprintf(".p/%d", w)
	}
	return path
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

// checkpoint returns the tree that a signed checkpoint of the key's log names.
func checkpoint(signed []byte, key note.Verifier) tlog.Tree {
	opened, err := note.Open(signed, note.VerifierList(key))
	fail(err)
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) < 4 || lines[0] != key.Name() {
		fail(fmt.Errorf("no checkpoint of %s", key.Name()))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	fail(err)
	root, err := tlog.ParseHash(lines[2])
	fail(err)
	return tlog.Tree{N: size, Hash: root}
}

// entries returns what the bundles of a tree hold, in order.
func entries(folder string, size int64) [][]byte {
	var found [][]byte
	for n := int64(0); n*width < size; n++ {
		w := int(size - n*width)
		if w > width {
			w = width
		}
		rest, err := os.ReadFile(filepath.Join(folder, "tile", "entries", number(n, w)))
		fail(err)
		for ; w > 0; w-- {
			if len(rest) < 2 || len(rest) < 2+int(rest[0])<<8+int(rest[1]) {
				fail(fmt.Errorf("bundle %d is cut short", n))
			}
			end := 2 + int(rest[0])<<8 + int(rest[1])
			found, rest = append(found, rest[2:end]), rest[end:]
		}
		if len(rest) > 0 {
			fail(fmt.Errorf("bundle %d holds more than its entries", n))
		}
	}
	return found
}

func checkProof(data []byte, key note.Verifier, leaves [][]byte) {
	parts := bytes.SplitN(data, []byte("\n\n"), 2)
	lines := strings.Split(string(parts[0]), "\n")
	if len(parts) < 2 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail(fmt.Errorf("no proof"))
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	fail(err)
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := base64.StdEncoding.DecodeString(line)
		fail(err)
		var one tlog.Hash
		copy(one[:], hash)
		proof = append(proof, one)
	}
	tree := checkpoint(parts[1], key)
	fail(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaves[index])))
}

func main() {
	key, err := note.NewVerifier(os.Args[1])
	fail(err)
	signed, err := os.ReadFile(filepath.Join(os.Args[2], "checkpoint"))
	fail(err)
	tree := checkpoint(signed, key)
	leaves := entries(os.Args[2], tree.N)
	indexes := make([]int64, tree.N)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	hashes, err := tlog.TileHashReader(tree, tiles(os.Args[2])).ReadHashes(indexes)
	fail(err)
	for i, hash := range hashes {
		if hash != tlog.RecordHash(leaves[i]) {
			fail(fmt.Errorf("entry %d is not the leaf of the tree", i))
		}
	}
	for _, path := range os.Args[3:] {
		data, err := os.ReadFile(path)
		fail(err)
		checkProof(data, key, leaves)
	}
	fmt.Printf("%d leaves, %d proofs\n", tree.N, len(os.Args)-3)
}
