"""What a padding mode does to a strided filter: one axis as a matrix, and its border apart.

The padded filter is ``A = Z + E``: ``Z`` filters with zeros around the image, and ``E`` is what the real
border adds, a few weights in the first and last rows.  With several axes ``A x B = Z_a x Z_b + E_a x B +
Z_a x E_b``: the whole image filtered among zeros, and thin strips along its sides.  Zeros that are
normalised are a product instead, ``A = D Z`` with ``D`` diagonal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Move = tuple[float, slice, slice]
"""A weight, the outputs that it goes to, and the inputs that it comes from."""


@dataclass(frozen=True)
class Axis:
    """The filter along one axis.

    Output ``i`` is ``sum_j kernel[j] x[i stride - before + j]``, with ``x`` continued beyond its ends as
    ``mode`` says; ``"zeros"`` divides by the sum of the taps inside.
    """

    kernel: tuple[float, ...]
    before: int
    stride: int
    mode: str

    @property
    def after(self) -> int:
        return len(self.kernel) - 1 - self.before

    def size(self, n: int) -> int:
        """Outputs for ``n`` inputs: ``ceil(n / stride)``, one per sample that a bare stride keeps."""
        return -(-n // self.stride)

    def ends(self, n: int) -> list[int]:
        """The outputs whose window leaves ``n`` inputs."""
        size = self.size(n)
        head = min(-(-self.before // self.stride), size)
        tail = max(head, (n - 1 - self.after) // self.stride + 1)
        return [*range(head), *range(tail, size)]

    def centred(self) -> Axis:
        """The same filter with as many taps before as after its middle."""
        lead, trail = max(self.after - self.before, 0), max(self.before - self.after, 0)
        kernel = (0.0,) * lead + self.kernel + (0.0,) * trail
        return replace(self, kernel=kernel, before=self.before + lead)


def beyond(index, n: int, mode: str):
    """Where each position, inside ``0 .. n - 1`` or not, is read from; numbers, arrays or tensors."""
    if mode == "circular":
        return index % n
    if mode == "reflect":
        return n - 1 - abs(n - 1 - index % max(2 * n - 2, 1))
    return np.clip(index, 0, n - 1) if isinstance(index, int) else index.clip(0, n - 1)


@lru_cache(maxsize=1024)
def gains(axis: Axis, n: int) -> list[tuple[int, float]]:
    """The outputs whose window leaves the image, and one over the sum of their taps inside."""
    ends = axis.ends(n)
    sums = [sum(axis.kernel[j] for j in range(len(axis.kernel)) if 0 <= _at(axis, i, j) < n) for i in ends]
    if min(sums, default=1.0) < 1e-3 * sum(map(abs, axis.kernel)):
        raise ValueError(
            f"the kernel's taps inside an image of {n} samples sum to {min(sums):g} at its border, so "
            "padding_mode 'zeros' cannot keep a constant; choose 'reflect', 'replicate' or 'circular'"
        )
    return [(i, 1 / inside) for i, inside in zip(ends, sums, strict=True)]


def _at(axis: Axis, i: int, j: int) -> int:
    """Which input tap ``j`` of output ``i`` reads."""
    return i * axis.stride - axis.before + j


@lru_cache(maxsize=1024)
def _inside(axis: Axis, n: int) -> list[Move]:
    """``Z`` as one move per tap: a weight, the outputs that it goes to, the inputs that it comes from."""
    moves = []
    for j, weight in enumerate(axis.kernel):
        first = max(0, -(-(axis.before - j) // axis.stride))
        last = min(axis.size(n) - 1, (n - 1 + axis.before - j) // axis.stride)
        if first <= last:
            source = slice(_at(axis, first, j), _at(axis, last, j) + 1, axis.stride)
            moves.append((weight, slice(first, last + 1), source))
    return moves


class Strip(NamedTuple):
    """What one end of one axis adds: a block of ``E`` along it, and the filters along the others.

    ``to`` and ``source`` are ``(start, length)`` of the rows written and read, ``weights`` the block between
    them; ``moves`` are along the other axes, with one slice for each.
    """

    axis: int
    to: tuple[int, int]
    source: tuple[int, int]
    weights: NDArray[np.float64]
    moves: list[tuple[float, tuple[slice, ...], tuple[slice, ...]]]

    def transposed(self) -> Strip:
        moves = [(weight, source, to) for weight, to, source in self.moves]
        return Strip(self.axis, self.source, self.to, self.weights.T, moves)


@lru_cache(maxsize=1024)
def strips(axes: tuple[Axis, ...], sizes: tuple[int, ...], transpose: bool) -> list[Strip]:
    """All that the borders add to the filter, or to its transpose."""
    if transpose:
        return [strip.transposed() for strip in strips(axes, sizes, False)]
    found = []
    for d, others in enumerate(_others(axes, sizes)):
        moves = []
        for parts in product(*others):
            weights, to, source = zip(*parts, strict=True) if parts else ((), (), ())
            moves.append((prod(weights), to, source))
        found += [Strip(d, *block, moves) for block in _blocks(axes[d], sizes[d])]
    return found


@lru_cache(maxsize=1024)
def count(axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> int:
    """About how many small operations the borders take."""
    if axes[0].mode == "zeros":
        return sum(len(axis.ends(n)) for axis, n in zip(axes, sizes, strict=True))
    around = 8  # in reading a strip, and in adding it
    return sum(
        len(_blocks(axis, n)) * (around + prod(map(len, others)))
        for axis, n, others in zip(axes, sizes, _others(axes, sizes), strict=True)
    )


@lru_cache(maxsize=1024)
def reach(axis: Axis, n: int) -> int:
    """How many rows the two ends of an axis read and write."""
    return sum(to[1] + source[1] for to, source, _ in _blocks(axis, n))


def _others(axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> list[list[list[Move]]]:
    """For each axis the moves along the others: of ``Z`` for those before it, of ``A`` for those after."""
    inside = [_inside(axis, n) for axis, n in zip(axes, sizes, strict=True)]
    whole = [z + _outside(axis, n) for z, axis, n in zip(inside, axes, sizes, strict=True)]
    return [[*inside[:d], *whole[d + 1 :]] for d in range(len(axes))]


@lru_cache(maxsize=1024)
def _blocks(axis: Axis, n: int) -> list[tuple[tuple[int, int], tuple[int, int], NDArray[np.float64]]]:
    """``E`` as dense blocks, one for each end: outputs and inputs as ``(start, length)``, and weights."""
    head, tail = [], []
    for move in _outside(axis, n):
        (head if move[1].start * axis.stride < axis.before else tail).append(move)
    return [_dense(moves) for moves in (head, tail) if moves]


def _dense(moves: list[Move]) -> tuple[tuple[int, int], tuple[int, int], NDArray[np.float64]]:
    rows, columns = ([move[k].start for move in moves] for k in (1, 2))
    block = np.zeros((max(rows) - min(rows) + 1, max(columns) - min(columns) + 1))
    for (weight, _, _), i, j in zip(moves, rows, columns, strict=True):
        block[i - min(rows), j - min(columns)] = weight
    return (min(rows), block.shape[0]), (min(columns), block.shape[1]), block


@lru_cache(maxsize=1024)
def _outside(axis: Axis, n: int) -> list[Move]:
    """``E`` as one move per weight that is not 0; each from one input to one output."""
    weights: dict[tuple[int, int], float] = {}
    for i in axis.ends(n):
        for j, weight in enumerate(axis.kernel):
            at = _at(axis, i, j)
            if not 0 <= at < n and weight:
                to = (i, int(beyond(at, n, axis.mode)))
                weights[to] = weights.get(to, 0.0) + weight
    return [(weight, slice(i, i + 1), slice(j, j + 1)) for (i, j), weight in weights.items()]
