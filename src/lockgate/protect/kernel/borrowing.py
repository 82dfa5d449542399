"""Arrays without a count of their references, which costs more than a small function when they are passed on."""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped] # it ships no types
from numba.extending import intrinsic


def _borrow(_context: Any, data: Any) -> Any:
    """Return the array without a count of its references. Whoever calls keeps the array alive meanwhile."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        array.meminfo = ir.Constant(array.meminfo.type, None)
        return array._getvalue()  # noqa: SLF001 - numba's own way to read a structure

    return data(data), generate


borrow: Any = intrinsic(_borrow)
