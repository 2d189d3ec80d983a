"""Messages between the two sides of the sandbox: values as JSON, arrays as raw bytes, nothing that runs.

A frame is two lengths, a JSON text, and the bytes of its arrays.  In the text, lists, numbers, strings,
booleans and None stand for themselves; ``{"t": [...]}`` is a tuple, ``{"d": [[key, value], ...]}`` a
dictionary, ``{"a": [dtype, shape, offset]}`` an array, ``{"c": [re, im]}`` a complex number and
``{"f": number}`` a function that stays on the other side.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

#: The longest text and the most bytes of arrays that are read: a million complex numbers.
MAX_TEXT, MAX_BYTES = 4_000_000, 16_000_000

_LENGTHS = struct.Struct("!II")
_DTYPES = {
    np.dtype(kind).str for kind in ("?", "b", "h", "i", "q", "B", "H", "I", "Q", "e", "f", "d", "F", "D")
}


class WireError(Exception):
    """What came over the wire is no message, or nothing comes any more."""


# ---------------------------------------------------------------- values


def pack(value: Any, function: Callable[[Callable], int] | None = None) -> bytes:
    """``value`` as a frame; ``function`` numbers the functions that it holds.

    Raises
    ------
    TypeError
        If it holds something that cannot travel.
    """
    blobs: list[bytes] = []
    text = json.dumps(_encode(value, blobs, function)).encode()
    return _LENGTHS.pack(len(text), sum(map(len, blobs))) + text + b"".join(blobs)


def _encode(value: Any, blobs: list[bytes], function: Callable | None) -> Any:
    inner = lambda items: [_encode(item, blobs, function) for item in items]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is list:
        return inner(value)
    if type(value) is tuple:
        return {"t": inner(value)}
    if type(value) is dict:
        return {"d": [inner(item) for item in value.items()]}
    if type(value) is complex:
        return {"c": [value.real, value.imag]}
    if isinstance(value, np.ndarray) and value.dtype.newbyteorder("=").str in _DTYPES:
        array = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("="))
        place = sum(map(len, blobs))
        blobs.append(array.tobytes())
        return {"a": [array.dtype.str, list(np.shape(value)), place]}
    if callable(value) and function:
        return {"f": function(value)}
    raise TypeError(
        f"cannot hand over a {type(value).__name__}; inputs are numbers, text, arrays, functions, and "
        "lists, tuples and dictionaries of them"
    )


def unpack(text: bytes, blob: bytes, function: Callable[[int], Callable] | None = None) -> Any:
    """The value in a frame; ``function`` gives what stands in for a function of the other side.

    Raises
    ------
    WireError
        If the frame is not one that :func:`pack` could have written.
    """
    try:
        return _decode(json.loads(text), blob, function)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise WireError(f"unreadable: {type(error).__name__}") from None


def _decode(node: Any, blob: bytes, function: Callable | None) -> Any:
    inner = lambda items: [_decode(item, blob, function) for item in items]
    if isinstance(node, str):
        return node.encode("utf-8", "replace").decode()  # no half characters, which cannot be written down
    if isinstance(node, list):
        return inner(node)
    if not isinstance(node, dict):
        return node
    ((tag, content),) = node.items()
    if tag == "t":
        return tuple(inner(content))
    if tag == "d":
        return {str(key): value for key, value in map(inner, content)}
    if tag == "c":
        real, imaginary = content
        return complex(real, imaginary)
    if tag == "a":
        return _array(blob, *content)
    if tag == "f" and function:
        return function(int(content))
    raise ValueError(tag)


def _array(blob: bytes, dtype: str, shape: list[int], place: int) -> np.ndarray:
    if dtype not in _DTYPES or not all(type(side) is int and side >= 0 for side in shape):
        raise ValueError("no such array")
    kind = np.dtype(dtype)
    array = np.frombuffer(blob, kind, math.prod(shape), place) if math.prod(shape) else np.empty(0, kind)
    # a byte that is neither 0 nor 1 would make a truth value that equals nothing
    array = array.view(np.uint8) != 0 if kind.kind == "b" else array.copy()
    return array.reshape(shape)


# ---------------------------------------------------------------- frames


def send(channel: socket.socket, frame: bytes, descriptors: Sequence[int] = ()) -> None:
    """Send a frame, with open files for the receiver to use.

    Raises
    ------
    WireError
        If the other side is gone, or does not read.
    """
    try:
        if descriptors:
            sent = socket.send_fds(channel, [frame[:1]], list(descriptors))
            frame = frame[sent:]
        channel.sendall(frame)
    except OSError as error:
        raise WireError("nobody reads") from error


def receive(
    channel: socket.socket,
    seconds: float | None = None,
    function: Callable[[int], Callable] | None = None,
    descriptors: list[int] | None = None,
) -> Any:
    """The next message, within a time; the open files that came with it go into ``descriptors``.

    Raises
    ------
    WireError
        If none comes in time, or it is too long or unreadable.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    first = b""
    try:
        channel.settimeout(seconds)
        if descriptors is not None:
            first, got, _, _ = socket.recv_fds(channel, 1, 4)
            descriptors.extend(got)
            if not first:
                raise WireError("closed")
        text, blob = _LENGTHS.unpack(first + _exactly(channel, _LENGTHS.size - len(first), deadline))
        if text > MAX_TEXT or blob > MAX_BYTES:
            raise WireError("too long")
        return unpack(_exactly(channel, text, deadline), _exactly(channel, blob, deadline), function)
    except OSError as error:
        raise WireError("nothing came") from error


def _exactly(channel: socket.socket, count: int, deadline: float | None) -> bytes:
    data = bytearray(count)
    view = memoryview(data)
    while view:
        if deadline is not None:
            channel.settimeout(max(1e-3, deadline - time.monotonic()))
        got = channel.recv_into(view)
        if not got:
            raise WireError("closed")
        view = view[got:]
    return bytes(data)
