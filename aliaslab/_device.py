"""Where torch code runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def device() -> torch.device:
    """The torch device that notebooks and tests use.

    ``ALIASLAB_DEVICE`` (``cpu``, ``cuda``, ``cuda:1``, ``mps``) decides; without it CUDA where there
    is one, else the CPU.

    Raises
    ------
    ValueError
        If ``ALIASLAB_DEVICE`` names no device, or one that this machine lacks.
    """
    import torch

    wanted = os.environ.get("ALIASLAB_DEVICE")
    if not wanted:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(wanted)
        torch.empty(1, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"ALIASLAB_DEVICE={wanted!r} cannot be used here ({str(error).splitlines()[0]}); "
            "set it to cpu, cuda, cuda:1 or mps, or unset it"
        ) from error
    return chosen
