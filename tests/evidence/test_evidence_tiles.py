"""Vectors: the paths and the tree of 70,000 leaves that c2sp.org/tlog-tiles works out."""

import pytest

from lockgate.evidence.merkle import TreeHead, leaf_hash, tree_hash
from lockgate.evidence.tiles import Edge, edge_tiles, encode_bundle, grow, parse_bundle, tile_path
from lockgate.terms.errors import EvidenceError


def test_paths_are_those_of_the_specification():
    assert tile_path(1, 1234067, 256) == "tile/1/x001/x234/067"
    assert tile_path(0, 0, 1) == "tile/0/000.p/1"
    assert tile_path(None, 1000, 255) == "tile/entries/x001/000.p/255"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts():
    assert edge_tiles(70_000) == (112, 17, 1)
    assert edge_tiles(256) == (0, 1)
    edge, tiles = grow(Edge(), [b"x"] * 70_000)
    paths = [tile.path for tile in tiles]
    level = [[path for path in paths if path.startswith(f"tile/{name}/")] for name in ("0", "1", "2", "entries")]
    assert [len(names) for names in level] == [274, 2, 1, 274]
    assert [name for name in paths if ".p/" in name] == [
        "tile/entries/273.p/112",
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert paths[:274] == level[3]
    assert edge.head == TreeHead(70_000, tree_hash([leaf_hash(b"x")] * 70_000))


def test_a_bundle_that_is_cut_short_is_refused():
    whole = encode_bundle([b"ab", b"c"])
    assert parse_bundle(whole, 2) == (b"ab", b"c")
    for end in range(len(whole)):
        with pytest.raises(EvidenceError):
            parse_bundle(whole[:end], 2)
    with pytest.raises(EvidenceError):
        parse_bundle(whole, 3)
