"""Every resize method that can be here."""

from __future__ import annotations

import pytest
from resample.needs import need

from aliaslab.resample import backends


@pytest.fixture(scope="session", params=[n for n in backends.METHODS if not n.startswith("torchvision")])
def method(request):
    need(request.param)
    return request.param
