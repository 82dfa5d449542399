"""What a disk may hold after the power was cut: only what was synced is sure, and names are synced apart from contents.

A process that is killed leaves the kernel to write the rest; a machine that stops does not. POSIX promises of a file
what it held when it was last synced, and of a folder the names it held when *it* was last synced. Anything newer may
be there or not, each thing on its own. So after every change the trees are noted that could be found:

    only what was synced      the least that is promised
    names but no contents     new names stand, the contents behind them do not
    contents but no names     the other way round
    half of every content     new names stand, each content that was not synced is cut in half
    by the toss of a coin     each name and each content that was not synced is there or not (several tosses)

Source: POSIX.1-2024, fsync, rename; "All File Systems Are Not Created Equal" (Pillai and others, OSDI 2014).
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from faulty_disk import FaultyDisk

Names = dict[str, int]
Item = tuple[str, int, bytes]
"""Path, mode, content; a link's content is where it points."""

TOSSES = 8
"""More find nothing that these do not: seldom is more than a handful of things not yet synced."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One tree that could be found.

    Attributes:
        change: Number of the change after which the power was cut.
        told: That change, and which of the trees this is, for messages.
        promised: What had been promised to anyone by then.
        tree: The tree itself.
    """

    change: int
    told: str
    promised: int
    tree: tuple[Item, ...]

    def put(self, root: Path) -> None:
        """Make a folder hold this tree and nothing else."""
        shutil.rmtree(root)
        for path, mode, content in self.tree:
            at = root / path
            if stat.S_ISDIR(mode):
                at.mkdir()
            elif stat.S_ISLNK(mode):
                at.symlink_to(os.fsdecode(content))
                continue
            else:
                at.write_bytes(content)
            at.chmod(stat.S_IMODE(mode))


@dataclass(slots=True)
class PowerCuts:
    """Looks on while a folder is changed, and notes what a cut after each change could leave.

    Attributes:
        root: The folder; all that is in it now is on the disk.
        promised: Tells what has been promised to anyone by now.
    """

    root: Path
    promised: Callable[[], int] = lambda: 0
    _cuts: dict[bytes, Cut] = field(default_factory=dict)
    _modes: dict[int, int] = field(default_factory=dict)
    _open: list[int] = field(default_factory=list)
    _names: dict[int, Names] = field(default_factory=dict)
    _contents: dict[int, bytes] = field(default_factory=dict)
    _synced_names: dict[int, Names] = field(default_factory=dict)
    _synced: dict[int, bytes] = field(default_factory=dict)
    _changes: int = 0

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """What could be found: each tree once, at the last moment at which it could, when most had been promised."""
        return tuple(self._cuts.values())

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note every change made through Python."""
        try:
            self._look(self.root)
            self._synced_names, self._synced = dict(self._names), dict(self._contents)
            with FaultyDisk(within=self.root, after=self._note).active():
                yield
            self._note("the end", self.root)
        finally:
            for descriptor in self._open:
                os.close(descriptor)
            self._open.clear()

    def _note(self, change: str, path: Path) -> None:
        self._changes += 1
        self._look(self.root)
        if change == "fsync":
            number = path.stat().st_ino
            if path.is_dir():
                self._synced_names[number] = dict(self._names[number])
            else:
                self._synced[number] = self._contents[number]
        told = f"change {self._changes}: {change} {path.relative_to(self.root)}"
        for kind, tree in self._trees():
            identity = sha256(repr(tree).encode()).digest()
            self._cuts[identity] = Cut(self._changes, f"{told}; {kind}", self.promised(), tree)

    def _look(self, path: Path) -> int:
        """Take in what is there now; each thing is held open, so that its number is not given to another."""
        found = path.lstat()
        number = found.st_ino
        if number not in self._modes:
            self._open.append(os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC))
        self._modes[number] = found.st_mode
        if stat.S_ISDIR(found.st_mode):
            self._names[number] = {name: self._look(path / name) for name in sorted(os.listdir(path))}  # noqa: PTH208 - names
        elif stat.S_ISLNK(found.st_mode):
            self._contents[number] = self._synced[number] = os.fsencode(path.readlink())
        else:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                self._contents[number] = os.read(descriptor, found.st_size + 1)
            finally:
                os.close(descriptor)
        return number

    def _trees(self) -> Iterator[tuple[str, tuple[Item, ...]]]:
        def synced(number: int) -> bytes:
            return self._synced.get(number, b"")

        def live(number: int) -> bytes:
            return self._contents[number]

        def half(number: int) -> bytes:
            data = self._contents[number]
            return data if data == synced(number) else data[: len(data) // 2]

        def synced_names(number: int) -> Names:
            return self._synced_names.get(number, {})

        def live_names(number: int) -> Names:
            return self._names[number]

        yield "only what was synced", self._tree(synced_names, synced)
        yield "names but no contents", self._tree(live_names, synced)
        yield "contents but no names", self._tree(synced_names, live)
        yield "half of every content", self._tree(live_names, half)
        for toss in range(TOSSES):
            yield f"toss {toss}", self._tossed(toss)

    def _tossed(self, toss: int) -> tuple[Item, ...]:
        def heads(*of: object) -> bool:
            return bool(sha256(repr((toss, self._changes, *of)).encode()).digest()[0] & 1)

        def content(number: int) -> bytes:
            return self._contents[number] if heads("content", number) else self._synced.get(number, b"")

        def names(number: int) -> Names:
            was, now = self._synced_names.get(number, {}), self._names[number]
            taken = {name: (now if heads("name", number, name) else was).get(name) for name in {**was, **now}}
            return {name: item for name, item in sorted(taken.items()) if item is not None}

        return self._tree(names, content)

    def _tree(self, names: Callable[[int], Names], content: Callable[[int], bytes]) -> tuple[Item, ...]:
        def items(number: int, path: str) -> Iterator[Item]:
            mode = self._modes[number]
            if not stat.S_ISDIR(mode):
                yield path, mode, content(number)
                return
            yield path, mode, b""
            for name, item in names(number).items():
                yield from items(item, f"{path}/{name}" if path else name)

        return tuple(items(self.root.stat().st_ino, ""))
