"""Small classifiers whose every downsampling is a choice: the same network with another remedy."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..signals._checks import one_of
from .blurpool import BlurPool2d
from .frequency import FrequencyPool2d
from .maxblurpool import MaxBlurPool2d
from .polyphase import LearnedPolyphasePool2d, PolyphasePool2d
from .wavelet import WaveletPool2d

Downsampling = str | Callable[[int], nn.Module]
"""A name that :func:`downsamplings` lists, or a function from a channel count to a module."""


_POOLS: dict[str, Callable[[int, str], nn.Module]] = {
    "maxpool": lambda channels, mode: nn.MaxPool2d(2),
    "avgpool": lambda channels, mode: nn.AvgPool2d(2),
    "blurpool": lambda channels, mode: BlurPool2d(padding_mode=mode),
    "maxblur": lambda channels, mode: MaxBlurPool2d(padding_mode=mode),
    "polyphase": lambda channels, mode: PolyphasePool2d(padding_mode=mode),
    "learned-polyphase": lambda channels, mode: LearnedPolyphasePool2d(channels, padding_mode=mode),
    "wavelet": lambda channels, mode: WaveletPool2d(taps=4, padding_mode=mode),
    "frequency": lambda channels, mode: FrequencyPool2d(padding_mode=mode),
}
PADDING = ("zeros", "circular")


def downsamplings() -> tuple[str, ...]:
    """The names that :func:`plain_net` and :func:`small_resnet` know, ``"strided"`` first."""
    return ("strided", *_POOLS)


def _pool(downsampling: Downsampling, channels: int, padding_mode: str) -> nn.Module:
    """The module that makes a feature map 2x smaller; nothing where the convolution itself does."""
    if callable(downsampling):
        return downsampling(channels)
    if downsampling == "strided":
        return nn.Identity()
    return _POOLS[downsampling](channels, "circular" if padding_mode == "circular" else "reflect")


def _conv(inputs: int, outputs: int, padding_mode: str, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution and batch normalisation."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False, padding_mode=padding_mode),
        nn.BatchNorm2d(outputs),
    )


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al. 2016, fig. 2), the first with the stride."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, padding_mode: str = "zeros"):
        super().__init__()
        self.conv1 = _conv(inputs, outputs, padding_mode, stride=stride)
        self.conv2 = _conv(outputs, outputs, padding_mode)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else _conv(inputs, outputs, padding_mode, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.conv2(torch.relu(self.conv1(x))) + self.shortcut(x))


class Classifier(nn.Module):
    """Features, their mean over the plane, a linear layer: ``(N, C, H, W)`` to ``(N, classes)`` logits.

    Attributes
    ----------
    config : the arguments that :func:`plain_net` or :func:`small_resnet` made it from, and which of them.
    """

    def __init__(self, features: nn.Sequential, width: int, classes: int, config: dict):
        super().__init__()
        self.features = features
        self.head = nn.Linear(width, classes)
        self.config = config
        self.to(memory_format=torch.channels_last)  # in which the layers of this package are fastest

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x).mean((-2, -1)))


def plain_net(
    downsampling: Downsampling = "maxpool",
    classes: int = 18,
    channels: int = 1,
    width: int = 16,
    padding_mode: str = "zeros",
) -> Classifier:
    """A plain stack: three times convolution, batch normalisation, ReLU, and 2x downsampling.

    The three stages have ``width``, ``2 width`` and ``4 width`` channels.  Weights are random; use
    ``torch.manual_seed`` before.

    Parameters
    ----------
    downsampling : how each stage makes its map 2x smaller: a name that :func:`downsamplings` lists
        (``"strided"``: the convolution itself strides; all others: a layer after the ReLU), or a function
        that takes a channel count and returns a module.
    classes : logits that come out.
    channels : channels that go in.
    width : channels of the first stage.
    padding_mode : of the convolutions and the remedies: ``"zeros"`` (remedies then reflect) or
        ``"circular"``, for which a shift is a symmetry of each convolution, and ``"polyphase"`` makes
        the whole network invariant to circular shifts where each side is a multiple of 8.

    Returns
    -------
    Classifier : takes ``(N, channels, H, W)`` of any size from 8 x 8.

    Raises
    ------
    ValueError
        For an unknown ``downsampling`` or ``padding_mode``, with what there is.

    References
    ----------
    Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019, fig. 2; Chaman and
    Dokmanić, "Truly shift-invariant convolutional neural networks", CVPR 2021, for the exact invariance.
    """
    _check(downsampling, padding_mode)
    stride = 2 if downsampling == "strided" else 1
    features = nn.Sequential()
    inputs = channels
    for stage in range(3):
        outputs = width * 2**stage
        features.append(
            nn.Sequential(
                *_conv(inputs, outputs, padding_mode, stride=stride),
                nn.ReLU(),
                _pool(downsampling, outputs, padding_mode),
            )
        )
        inputs = outputs
    return Classifier(
        features, inputs, classes, _config("plain", downsampling, classes, channels, width, padding_mode)
    )


def small_resnet(
    downsampling: Downsampling = "strided",
    classes: int = 18,
    channels: int = 1,
    width: int = 16,
    padding_mode: str = "zeros",
) -> Classifier:
    """A ResNet in small: a stem, then three residual blocks of which two make the map 2x smaller.

    The blocks have ``width``, ``2 width`` and ``4 width`` channels.  With ``"strided"``, the second and
    third stride in their first convolution and in their shortcut, as in He et al. 2016; with any other
    choice that layer stands before the block, so that both branches see the same smaller map.

    Parameters
    ----------
    downsampling, classes, channels, width, padding_mode : as for :func:`plain_net`; exact invariance
        needs sides that are multiples of 4.

    Returns
    -------
    Classifier : takes ``(N, channels, H, W)`` of any size from 4 x 4.

    Raises
    ------
    ValueError
        For an unknown ``downsampling`` or ``padding_mode``, with what there is.

    References
    ----------
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016.
    """
    _check(downsampling, padding_mode)
    stride = 2 if downsampling == "strided" else 1
    features = nn.Sequential(
        nn.Sequential(*_conv(channels, width, padding_mode), nn.ReLU()),
        ResidualBlock(width, width, 1, padding_mode),
    )
    for inputs in (width, 2 * width):
        features.append(
            nn.Sequential(
                _pool(downsampling, inputs, padding_mode),
                ResidualBlock(inputs, 2 * inputs, stride, padding_mode),
            )
        )
    return Classifier(
        features, 4 * width, classes, _config("resnet", downsampling, classes, channels, width, padding_mode)
    )


def _check(downsampling: Downsampling, padding_mode: str) -> None:
    if not callable(downsampling):
        one_of("downsampling", downsampling, downsamplings())
    one_of("padding_mode", padding_mode, PADDING)


def _config(architecture, downsampling, classes, channels, width, padding_mode) -> dict:
    return {
        "architecture": architecture,
        "downsampling": downsampling,
        "classes": classes,
        "channels": channels,
        "width": width,
        "padding_mode": padding_mode,
    }
