"""Messages: what was packed comes back, and whatever else arrives is refused in words."""

from __future__ import annotations

import contextlib
import json
import socket
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from aliaslab.grading import wire

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)
DTYPES = st.sampled_from(["?", "i1", "u2", "i4", "u8", "f2", "f4", "f8", "c8", "c16", ">f8", ">i4"])


def split(frame: bytes) -> tuple[bytes, bytes]:
    text = int.from_bytes(frame[:4], "big")
    return frame[8 : 8 + text], frame[8 + text :]


@given(VALUES)
def test_values_come_back(value):
    found = wire.unpack(*split(wire.pack(value)))
    assert found == value
    assert type(found) is type(value)


@given(hnp.arrays(DTYPES.map(np.dtype), hnp.array_shapes(min_dims=0, min_side=0, max_side=4)))
def test_arrays_come_back(array):
    found = wire.unpack(*split(wire.pack([array, array])))[1]
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype.newbyteorder("=")
    assert found.shape == array.shape
    assert found.flags.writeable


def test_functions_stay_behind_as_numbers():
    functions = []
    frame = wire.pack({"f": [len, abs]}, lambda function: functions.append(function) or len(functions))
    assert functions == [len, abs]
    assert wire.unpack(*split(frame), lambda number: f"stands for {number}") == {
        "f": ["stands for 1", "stands for 2"]
    }
    with pytest.raises(wire.WireError):
        wire.unpack(*split(frame))


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", np.array([object()]), np.array("text"), len])
def test_what_cannot_travel_is_said(value):
    with pytest.raises(TypeError, match="cannot hand over a"):
        wire.pack([value])


@pytest.mark.parametrize(
    "node",
    [
        {"a": ["O", [1], 0]},
        {"a": ["|O8", [1], 0]},
        {"a": ["<U1", [1], 0]},
        {"a": ["V8", [1], 0]},
        {"a": ["<f8", [2], 0]},
        {"a": ["<f8", [1], 8]},
        {"a": ["<f8", [1], -8]},
        {"a": ["<f8", [-1], 0]},
        {"a": ["<f8", [1.0], 0]},
        {"a": ["<f8", [10**30], 0]},
        {"a": ["<f8", [1] * 99, 0]},
        {"a": [["<f8"], [1], 0]},
        {"a": ["<f8", "1", 0]},
        {"a": []},
        {"d": [[1]]},
        {"d": 3},
        {"t": 3},
        {"c": [1]},
        {"f": 0},
        {"q": 0},
        {},
        {"t": [], "d": []},
    ],
    ids=str,
)
def test_no_message_is_no_error_but_a_refusal(node):
    with pytest.raises(wire.WireError):
        wire.unpack(json.dumps(node).encode(), bytes(8))


@pytest.mark.parametrize("text", [b"", b"[", b"\xff", b"[" * 100_000, b"1" * 5000, b'{"t": ' * 5000 + b"1"])
def test_text_that_is_none_is_refused(text):
    with pytest.raises(wire.WireError):
        wire.unpack(text, b"")


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_noise_is_refused_or_read(text, blob):
    with contextlib.suppress(wire.WireError):
        wire.unpack(text, blob)


def test_truth_values_are_0_or_1_whatever_the_bytes():
    found = wire.unpack(b'{"a": ["|b1", [3], 0]}', bytes([0, 1, 7]))
    assert found.view(np.uint8).tolist() == [0, 1, 1]


def test_half_characters_are_replaced():
    assert wire.unpack(b'"\\ud800"', b"").encode() == b"?"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x00",
        struct.pack("!II", 5, 0) + b"[",
        struct.pack("!II", 2**32 - 1, 0),
        struct.pack("!II", 0, 2**32 - 1),
    ],
    ids=range(5),
)
def test_a_frame_that_does_not_come_whole(sent):
    ours, theirs = socket.socketpair()
    theirs.sendall(sent)
    with ours, theirs, pytest.raises(wire.WireError):
        wire.receive(ours, 0.05)


def test_a_slow_sender_does_not_stretch_the_time():
    import threading
    import time

    ours, theirs = socket.socketpair()
    theirs.sendall(struct.pack("!II", 1000, 0))
    done = threading.Event()

    def drip():
        while not done.wait(0.02):
            theirs.send(b"[")

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    with pytest.raises(wire.WireError):
        wire.receive(ours, 0.1)
    assert time.monotonic() - began < 5
    done.set()
    thread.join()
    ours.close()
    theirs.close()


def test_nobody_reads():
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(wire.WireError, match="nobody reads"):
        wire.send(ours, wire.pack("x" * 10**6))
