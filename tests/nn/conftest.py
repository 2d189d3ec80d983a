"""The layers need PyTorch; their tests are small, and take the way of large feature maps all the same."""

import pytest

pytest.importorskip("torch", reason="torch is missing: pip install torch")


@pytest.fixture(autouse=True, scope="session")
def borders_are_added():
    """Not padded, which small maps are; ``test_the_padded_formula_is_the_same`` compares the two."""
    from aliaslab.nn import strided_filter

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strided_filter, "MOVE_COST", 0)
        patch.setattr(strided_filter, "GATHER_COST", 0)
        yield
