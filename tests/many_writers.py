"""A program that appends to the log of a home with so many processes at once; each prints the leaves it was told of.

Usage: many_writers.py HOME WRITERS APPENDS

The processes are forks of this one and begin together. A line of JSON for each append that returned: writer, leaf.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from lockgate.flow.recovery import append_leaf, open_log
from lockgate.store.home import Home

WAIT_S = 300.0
"""Longer than any test takes: how long one writer waits for its turn is not under test."""


def hash_of(writer: int, number: int) -> str:
    """Return what a writer records."""
    return hashlib.sha256(f"{writer} {number}".encode()).hexdigest()


def write(home: Home, writer: int, appends: int) -> None:
    """Append leaves one by one."""
    for number in range(appends):
        with home.lock(WAIT_S):
            leaf = append_leaf(home, open_log(home), "release", hash_of(writer, number))
        told = {"writer": writer, "number": number, "leaf": leaf}
        os.write(1, f"{json.dumps(told)}\n".encode())


def main(path: str, writers: int, appends: int) -> int:
    """Fork the writers, let them begin, wait for all; return how many failed."""
    home = Home.open(Path(path))
    reading, writing = os.pipe()
    children = []
    for writer in range(writers):
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)  # returns when all have been made
            status = 1
            try:
                write(home, writer, appends)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    os.close(writing)
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
