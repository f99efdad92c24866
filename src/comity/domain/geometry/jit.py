"""The one way kernels are compiled: serial, without the interpreter's lock, cached on disk.

Import this module only from modules of kernels: it loads Numba, which takes a third of a second.
"""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile a function when it is first called; threads are started from Python, not inside."""
    return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))


def lane_kernel(function: Function) -> Function:
    """As `kernel`, for short loops over lanes of float32: the compiler may reorder and fuse.

    Only for bounds whose slack covers it; never for an answer.
    """
    lanes = {"contract", "nsz", "arcp", "reassoc"}
    compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath=lanes)(function)
    return cast("Function", compiled)


def inline_kernel(function: Function) -> Function:
    """As `kernel`, put into its callers: where arrays handed on would cost more than the work."""
    compiled = njit(cache=True, nogil=True, error_model="numpy", forceinline=True)(function)
    return cast("Function", compiled)
