"""The order of released rows: a keyed pseudo-random function of the row's number in the source.

It is the same on any engine, and whatever rows are left out.

Rows sorted by it tell nothing of their order in the source to anyone without the key. The key is made for one release
of one flow, so the orders of two releases tell nothing of each other.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from lockgate.evidence.canonical import canonical_bytes
from lockgate.flow.deciding import Decided
from lockgate.flow.statement import dataset_of
from lockgate.tables.source import describe_files
from lockgate.terms.measure import Measure
from lockgate.terms.rendering import as_json

_BLOCK_BYTES = 16


@dataclass(frozen=True, slots=True)
class RowOrder:
    """The function from a range of row numbers to their sort keys; picklable.

    Attributes:
        key: Secret of one order, 32 bytes.
    """

    key: bytes = field(repr=False)

    def __call__(self, start: int, count: int) -> npt.NDArray[np.uint64]:
        """Return one key of 64 bits a row: the first half of the AES-256 block whose counter is the row's number.

        Args:
            start: Number of the first row in the source.
            count: How many rows.
        """
        cipher = Cipher(AES(self.key), CTR(start.to_bytes(_BLOCK_BYTES, "big"))).encryptor()
        stream = cipher.update(bytes(_BLOCK_BYTES * count))
        return np.frombuffer(stream, dtype="<u8")[::2].astype(np.uint64)


def row_order(key: bytes, domain: str) -> RowOrder:
    """Return the sort keys of rows.

    Args:
        key: Secret of this node, 32 bytes.
        domain: What the order is for; another domain has another order.
    """
    return RowOrder(hmac.new(key, domain.encode(), hashlib.sha256).digest())


def order_domain(decided: Decided, route: str, steps: Sequence[Measure]) -> str:
    """Return what an order is for: one state of the data and one plan, or two copies could be laid side by side.

    Args:
        decided: The flow as it was decided.
        route: Id of the route that is taken.
        steps: All measures.
    """
    request, wish = decided.request, decided.request.wish
    assert request.source is not None
    files = [list(item) for item in describe_files(request.source)]
    plan: list[object] = [[step.as_json() for step in steps], wish.search, wish.labels, wish.moves]
    plan.append(str(wish.suppression_limit))
    if wish.models:
        plan.append(as_json(wish.models))
    if wish.population is not None:
        plan.append([list(item) for item in describe_files(wish.population)])
    parts = [dataset_of(decided), request.recipient, route, files, plan]
    return hashlib.sha256(canonical_bytes(parts)).hexdigest()
