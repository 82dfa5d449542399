"""A program that appends to a log in PostgreSQL until it has done so often, or is killed at a statement.

Usage: postgres_writer.py CONNECTION NAME APPENDS [STATEMENT before|after]

Prints the number of each leaf that it was told of, beside the number of the append.
"""

import json
import os
import signal
import sys
from typing import Any

from lockgate.evidence.log import Log, Seeds
from lockgate.store.postgres_log import PostgresStorage

ORIGIN, SEEDS = "lockgate.local/test", Seeds(bytes(range(32)))


class KilledStorage(PostgresStorage):
    """Ends the process by SIGKILL before it sends a statement, or when it has had the answer."""

    at, when, count = 0, "before", 0

    def _execute(self, query: str, *values: object) -> Any:
        return self._ending(lambda: super(KilledStorage, self)._execute(query, *values))

    def _insert(self, rows: Any) -> None:
        self._ending(lambda: super(KilledStorage, self)._insert(rows))

    def _ending(self, act: Any) -> Any:
        KilledStorage.count += 1
        is_last = self.count == self.at
        if is_last and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = act()
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def main(connection: str, name: str, appends: int, *end: str) -> None:
    """Append one by one."""
    if end:
        KilledStorage.at, KilledStorage.when = int(end[0]), end[1]
    log = Log.open_in(KilledStorage(connection, ORIGIN), ORIGIN, SEEDS)
    for number in range(appends):
        leaf = log.append([f"{name} {number}".encode()])
        os.write(1, f"{json.dumps([name, number, leaf])}\n".encode())
    os.write(1, f"{json.dumps(['statements', KilledStorage.count, -1])}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
