"""Skip, with the reason, where a resize library is absent."""

from __future__ import annotations

import pytest

from aliaslab.resample import backends


def need(*names: str) -> None:
    for name in names:
        if reason := backends.absence(name):
            pytest.skip(reason)
