"""The layers need PyTorch."""

import pytest

pytest.importorskip("torch", reason="torch is missing: pip install torch")
