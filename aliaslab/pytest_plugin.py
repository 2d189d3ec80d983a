"""The pytest plugin: the fixture ``assert_alias_free``, there wherever aliaslab is installed."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def assert_alias_free():
    """``assert_alias_free(resize, factor=4, max_alias_db=None)``: fail if the resize aliases.

    See :func:`aliaslab.testing.assert_alias_free`.
    """
    # imported here: every pytest run loads the plugin, few use it
    from aliaslab.testing import assert_alias_free

    return assert_alias_free
