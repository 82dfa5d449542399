"""Checkpoints of this node's log that witnesses have cosigned, so that later proofs can carry the cosignatures.

    HOME/cosigned/SIZE      a checkpoint of that many leaves, the log's lines first, then those of witnesses
    HOME/cosigned/policy    the tlog-policy that names the witnesses, as it was given last
    HOME/cosigned/lock      held while lines are added

Each file is replaced whole and synced. A checkpoint never loses a line that it had. Nothing here is secret, and
nothing is trusted when it is read: the log, and the keys of the policy, say whether a line holds.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.disk import Disk, FileDisk, replace_file
from lockgate.evidence.note import parse_signature_line
from lockgate.terms.errors import EvidenceError, LockgateError

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_POLICY = "policy"


class Cosigned:
    """The cosigned checkpoints of one home; any number of processes may read, and add in turn."""

    def __init__(self, folder: Path, *, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or FileDisk()

    def sizes(self) -> tuple[int, ...]:
        """Return the sizes of which there is a cosigned checkpoint, largest first."""
        try:
            names = [path.name for path in self._folder.iterdir()]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _unusable(self._folder, error) from error
        return tuple(sorted((int(name) for name in names if _SIZE.fullmatch(name)), reverse=True))

    def checkpoint(self, size: int) -> str:
        """Return the cosigned checkpoint of a size; the empty text if there is none.

        Raises:
            EvidenceError: If the file is no checkpoint of that size.
        """
        path = self._folder / str(size)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise _unusable(path, error) from error
        except UnicodeDecodeError as error:
            raise _damaged(path) from error
        try:
            if parse_checkpoint(text.encode()).head.size != size:
                raise _damaged(path)
        except EvidenceError as error:
            raise _damaged(path) from error
        return text

    def newest(self) -> str:
        """Return the cosigned checkpoint of the most leaves; the empty text if there is none."""
        sizes = self.sizes()
        return self.checkpoint(sizes[0]) if sizes else ""

    def trust_policy(self) -> str:
        """Return the text of the policy that names the witnesses; empty if none was given yet."""
        try:
            return (self._folder / _POLICY).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise _damaged(self._folder / _POLICY) from error

    def keep_policy(self, text: str) -> None:
        """Remember the policy that names the witnesses.

        Raises:
            LockgateError: If it cannot be written.
        """
        if text != self.trust_policy():
            self._replace(_POLICY, text)

    def add(self, checkpoint: str, lines: Sequence[str]) -> str:
        """Return a checkpoint with lines of witnesses, once it is on the disk; lines that it had stay.

        Of two lines of one key the newer stands: a witness says a later time for the same tree.

        Args:
            checkpoint: Signed by the log.
            lines: Signature lines that were found to hold, without line ends.

        Raises:
            EvidenceError: If another tree of that size was cosigned before.
            LockgateError: If it cannot be written.
        """
        size = parse_checkpoint(checkpoint.encode()).head.size
        with self._hold():
            known = self.checkpoint(size)
            text = known or checkpoint
            if parse_checkpoint(text.encode()).note.text != parse_checkpoint(checkpoint.encode()).note.text:
                raise EvidenceError(
                    f"another tree of {size} leaves was cosigned before",
                    "Keep the log's folder and the home's folder `cosigned`: together they show a fork.",
                )
            for line in lines:
                text = _with_line(text, line)
            if text != known:
                self._replace(str(size), text)
        return text

    @contextmanager
    def _hold(self) -> Iterator[None]:
        self._make()
        path = self._folder / "lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _replace(self, name: str, text: str) -> None:
        self._make()
        try:
            replace_file(self._disk, self._folder / name, text.encode("utf-8"))
        except OSError as error:
            raise _unusable(self._folder / name, error) from error

    def _make(self) -> None:
        try:
            if not self._folder.is_dir():
                self._disk.make_folder(self._folder)
                self._disk.sync(self._folder.parent)
        except OSError as error:
            raise _unusable(self._folder, error) from error


def _with_line(checkpoint: str, line: str) -> str:
    """Return the checkpoint with the line below, in the place of an older one of the same key."""
    text, _, below = checkpoint.rpartition("\n\n")
    mine = parse_signature_line(line)[:2]
    others = [item for item in below[:-1].split("\n") if parse_signature_line(item)[:2] != mine]
    return "".join(f"{item}\n" for item in (text, "", *others, line))


def _damaged(path: Path) -> EvidenceError:
    return EvidenceError(f"the cosigned checkpoint `{path}` is damaged", "Delete it and have the log cosigned again.")


def _unusable(path: Path, error: OSError) -> LockgateError:
    return LockgateError(
        f"`{path}` cannot be read or written: {error.strerror or error}", "Free space, mend the folder, or use --home."
    )
