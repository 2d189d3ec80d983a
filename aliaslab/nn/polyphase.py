"""Polyphase sampling: the image itself decides on which pixel the stride begins."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from . import _checks
from .blurpool import BlurSettings, Kernel, Numbers, blur
from .borders import beyond
from .strided_filter import memory_format


def polyphase_components(x: Tensor, stride: Numbers = 2, padding_mode: str = "circular") -> Tensor:
    """All the images that a stride could keep, one for each pixel that it can begin on.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating point.
    stride : ``s`` or ``(s, t)``, whole numbers of 1 or more.
    padding_mode : how a component goes on that would run over the end of a side which ``stride`` does not
        divide; ``"zeros"`` repeats the last pixel, as a zero would be no sample at all.

    Returns
    -------
    ``(N, s, t, C, ceil(H / s), ceil(W / t))``: ``[:, i, j]`` is ``x[..., i::s, j::t]``.  A view of ``x``
    where the stride divides both sides.

    Raises
    ------
    TypeError, ValueError
        As :func:`blur_pool2d`.

    Examples
    --------
    >>> polyphase_components(torch.arange(4.0).reshape(1, 1, 1, 4), (1, 2)).flatten(1).tolist()
    [[0.0, 2.0, 1.0, 3.0]]
    """
    x, (s, t) = _checks.features(x), _checks.strides(stride)
    mode = _checks.padding_mode(padding_mode)
    for d, step in ((2, s), (3, t)):
        n = x.shape[d]
        if n % step:
            x = x.index_select(d, beyond(torch.arange(-(-n // step) * step, device=x.device), n, mode))
    return x.unflatten(3, (-1, t)).unflatten(2, (-1, s)).permute(0, 3, 5, 1, 2, 4)


def polyphase_pool2d(
    x: Tensor,
    taps: Numbers = 3,
    stride: Numbers = 2,
    padding_mode: str = "circular",
    *,
    kernel: Kernel = "binomial",
    phase: Tensor | None = None,
    return_phase: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """Adaptive polyphase sampling (APS): of all the images that the stride could keep, the strongest.

    ``x`` is blurred without a stride; of its :func:`polyphase_components` each image of the batch keeps
    the one with the largest Euclidean norm over all channels.  A circular shift of the input exchanges the
    components, so the same one is chosen: the output is shifted, never changed.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating point, any size from 1 x 1.
    taps, stride, kernel : of the blur, as in :func:`blur_pool2d`; ``taps=1`` is APS without a filter.
    padding_mode : as in :func:`blur_pool2d` and :func:`polyphase_components`.  Only ``"circular"`` makes
        the output exactly consistent, and only where ``stride`` divides both sides.
    phase : whole numbers ``(N,)``, below ``s t``, to use instead of the choice: what a parallel branch
        chose, so that both keep the same pixels.  Phase ``i t + j`` begins at pixel ``(i, j)``.
    return_phase : also return the phase.

    Returns
    -------
    ``(N, C, ceil(H / s), ceil(W / t))`` with the dtype, device and memory format of ``x``; with
    ``return_phase`` the phase ``(N,)``, int64, beside it.  Gradients flow to the kept component.

    Raises
    ------
    TypeError, ValueError
        As :func:`blur_pool2d`, and if ``phase`` is not as above.

    Notes
    -----
    Where two components have exactly the same norm the first is kept; if they are not also shifts of one
    another, as in an image that mirrors itself between two pixels, the choice does not follow a shift.

    References
    ----------
    Chaman and Dokmanic, "Truly shift-invariant convolutional neural networks", CVPR 2021.
    """
    return _pool(x, taps, stride, padding_mode, kernel, phase, return_phase, _strongest)


def learned_polyphase_pool2d(
    x: Tensor,
    score: Callable[[Tensor], Tensor],
    taps: Numbers = 3,
    stride: Numbers = 2,
    padding_mode: str = "circular",
    *,
    kernel: Kernel = "binomial",
    phase: Tensor | None = None,
    return_phase: bool = False,
    temperature: float | None = None,
) -> Tensor | tuple[Tensor, Tensor]:
    """Learned polyphase sampling (LPS): the component to which ``score`` gives most.

    Parameters
    ----------
    x, taps, stride, padding_mode, kernel, phase, return_phase : as in :func:`polyphase_pool2d`.
    score : from components ``(B, C, h, w)`` to ``(B,)``.  For consistency it must not change when its
        input is shifted in a circle: circular convolutions, then a mean.
    temperature : None takes the largest score.  A number above 0 draws the component at random, with
        the scores over ``temperature`` as logits (Gumbel-softmax), and passes gradients to ``score`` as if
        the soft weights had been used: for training.

    Returns
    -------
    As :func:`polyphase_pool2d`.

    Raises
    ------
    TypeError, ValueError
        As :func:`polyphase_pool2d`, and if ``temperature`` is not above 0.

    Notes
    -----
    A filter that removes what folds onto zero, as the binomials do, leaves all components the same mean: a
    ``score`` that is linear cannot tell them apart.

    References
    ----------
    Rojas-Gomez et al., "Learnable polyphase sampling for shift invariant and equivariant convolutional
    networks", NeurIPS 2022.
    """
    if temperature is not None and not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature!r}; None takes the largest score")

    def scores(components: Tensor) -> Tensor:
        return score(components.flatten(0, 2)).reshape(components.shape[:3])

    return _pool(x, taps, stride, padding_mode, kernel, phase, return_phase, scores, temperature)


class PolyphasePool2d(BlurSettings):
    """:func:`polyphase_pool2d` as a module; nothing is learned, the ``state_dict`` is empty.

    Parameters
    ----------
    taps, stride, padding_mode, kernel : as in :func:`polyphase_pool2d`.
    follow : another polyphase layer, with the same stride, whose phase this one uses instead of choosing:
        for a residual block, where main and skip branch must keep the same pixels.  The leader must run
        first, once for each call of this layer; a layer that follows can be followed in its turn.

    Raises
    ------
    RuntimeError
        On a call, if the layer that it follows has not chosen since the last one.
    """

    def __init__(
        self,
        taps: Numbers = 3,
        stride: Numbers = 2,
        padding_mode: str = "circular",
        *,
        kernel: Kernel = "binomial",
        follow: PolyphasePool2d | None = None,
    ):
        super().__init__(taps, stride, padding_mode, kernel=kernel)
        self._handed: list[Tensor] | None = None  # the phase for the layer that follows, if one does
        self._leader: tuple[PolyphasePool2d, ...] = ()  # in a tuple: a leader is no submodule
        if follow is not None:
            self._follow(follow)

    def _follow(self, leader: PolyphasePool2d) -> None:
        if not isinstance(leader, PolyphasePool2d):
            raise TypeError(f"follow must be a polyphase layer, got {type(leader).__name__}")
        if leader.stride != self.stride:
            raise ValueError(f"follow has stride {leader.stride}, this layer {self.stride}; make them equal")
        if leader._handed is not None:
            raise ValueError("follow is followed by another layer already; follow that one instead")
        leader._handed = []
        self._leader = (leader,)

    def forward(self, x: Tensor, phase: Tensor | None = None) -> Tensor:
        """``x`` ``(N, C, H, W)`` made smaller; ``phase`` ``(N,)`` overrules the choice."""
        if phase is None and self._leader:
            handed = self._leader[0]._handed
            if not handed:
                raise RuntimeError("the layer that this one follows has not run; call it first, once each")
            phase = handed.pop()
        out, phase = self._sample(x, phase)
        if self._handed is not None:
            self._handed[:] = [phase]
        return out

    def undecimated(self, x: Tensor) -> Tensor:
        """What the stride decimates: ``x`` blurred at every pixel, ``(N, C, H, W)``."""
        return blur(x, self.taps, self.stride, self.padding_mode, self.kernel)

    def _sample(self, x: Tensor, phase: Tensor | None) -> tuple[Tensor, Tensor]:
        return _pool(x, self.taps, self.stride, self.padding_mode, self.kernel, phase, True, _strongest)


class LearnedPolyphasePool2d(PolyphasePool2d):
    """:func:`learned_polyphase_pool2d` as a module, with the network that scores the components.

    In training the component is drawn at random at ``temperature``; in evaluation the best is kept.  Let
    a :class:`PolyphasePool2d` ``follow`` it where two branches must agree.

    Parameters
    ----------
    channels : of the input.
    taps, stride, padding_mode, kernel : as in :func:`polyphase_pool2d`.
    hidden : channels between the scoring network's two 3 x 3 circular convolutions, with a ReLU between
        them and a mean over all pixels after.
    temperature : of the draws in training, above 0.

    Attributes
    ----------
    score : the scoring network, ``(B, channels, h, w)`` to ``(B,)``: all that is learned.
    """

    def __init__(
        self,
        channels: int,
        taps: Numbers = 3,
        stride: Numbers = 2,
        padding_mode: str = "circular",
        *,
        kernel: Kernel = "binomial",
        hidden: int = 16,
        temperature: float = 1.0,
    ):
        super().__init__(taps, stride, padding_mode, kernel=kernel)
        channels = _checks.whole("channels", channels, "give the channels of the input")
        hidden = _checks.whole("hidden", hidden, "give the scoring network's width")
        circular = {"kernel_size": 3, "padding": 1, "padding_mode": "circular"}
        self.score = nn.Sequential(
            nn.Conv2d(channels, hidden, **circular), nn.ReLU(), nn.Conv2d(hidden, 1, **circular), _Mean()
        )
        self.temperature = temperature

    def _sample(self, x: Tensor, phase: Tensor | None) -> tuple[Tensor, Tensor]:
        return learned_polyphase_pool2d(
            x,
            self.score,
            self.taps,
            self.stride,
            self.padding_mode,
            kernel=self.kernel,
            phase=phase,
            return_phase=True,
            temperature=self.temperature if self.training else None,
        )


class _Mean(nn.Module):
    """Over everything but the batch."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1).mean(1)


def _strongest(components: Tensor) -> Tensor:
    # in double precision, where sums taken in another order hardly differ: a shift reorders them
    wide = torch.float32 if components.device.type == "mps" else torch.float64
    if components.dtype in (torch.float16, torch.bfloat16):
        components = components.float()  # the square of 256 overflows half precision
    return components.square().sum((3, 4, 5), dtype=wide)


def _pool(x, taps, stride, padding_mode, kernel, phase, return_phase, scores, temperature=None):
    stride = _checks.strides(stride)
    components = polyphase_components(blur(x, taps, stride, padding_mode, kernel), stride, padding_mode)
    weights = None
    if phase is not None:
        phase = _check_phase(phase, x)
    elif temperature is None:
        phase = scores(components).flatten(1).argmax(1)
    else:
        logits = scores(components).flatten(1)
        weights = functional.gumbel_softmax(logits, tau=temperature, hard=True).reshape(components.shape[:3])
        phase = weights.detach().flatten(1).argmax(1)
    if weights is None:
        out = components[torch.arange(len(x), device=x.device), phase // stride[1], phase % stride[1]]
    else:
        out = torch.einsum("nij,nijchw->nchw", weights, components)
    out = out.contiguous(memory_format=memory_format(x))
    return (out, phase) if return_phase else out


def _check_phase(phase: Tensor, x: Tensor) -> Tensor:
    if not isinstance(phase, Tensor) or phase.dtype != torch.int64 or phase.shape != x.shape[:1]:
        got = f"{phase.dtype} {tuple(phase.shape)}" if isinstance(phase, Tensor) else repr(phase)
        raise ValueError(f"phase must be one int64 per image, shape ({len(x)},), got {got}; see return_phase")
    return phase
