"""What the kernel needs and no compiled language of arrays has: eight bytes from anywhere, counting bits, borrowing."""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped] # it ships no types
from numba import types
from numba.extending import intrinsic


def _load_word(_context: Any, data: Any, _place: Any) -> Any:
    """Return the eight bytes from a place on, the first the least."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.gep(array.data, [arguments[1]])
        word = builder.load(builder.bitcast(pointer, ir.IntType(64).as_pointer()))
        word.align = 1
        return word

    return types.uint64(data, types.intp), generate


def _load_half(_context: Any, data: Any, _place: Any) -> Any:
    """Return the four bytes from a place on, the first the least."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.gep(array.data, [arguments[1]])
        word = builder.load(builder.bitcast(pointer, ir.IntType(32).as_pointer()))
        word.align = 1
        return builder.zext(word, ir.IntType(64))

    return types.uint64(data, types.intp), generate


def _count_bits(_context: Any, _word: Any) -> Any:
    """Return the number of bits that are set."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


def _borrow(_context: Any, data: Any) -> Any:
    """Return the array without a count of its references, which costs more than a check when it is passed on.

    Whoever calls keeps the array alive meanwhile.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        array.meminfo = ir.Constant(array.meminfo.type, None)
        return array._getvalue()  # noqa: SLF001 - numba's own way to read a structure

    return data(data), generate


load_word: Any = intrinsic(_load_word)
load_half: Any = intrinsic(_load_half)
count_bits: Any = intrinsic(_count_bits)
borrow: Any = intrinsic(_borrow)
