"""The blocks of which torchvision and timm build networks, in small: what strides, and how it is joined.

After torchvision's ``resnet``, ``vgg``, ``convnext``, ``efficientnet`` and ``vision_transformer``, and timm's
``resnet`` (deep stem, average pooling in the shortcut, layers that pad by themselves).
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional


class Bottleneck(nn.Module):
    """ResNet v1.5: the 3x3 convolution strides, the shortcut is a strided 1x1."""

    expansion = 2

    def __init__(self, inputs: int, width: int, stride: int, downsample: nn.Module | None):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, width * self.expansion, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride  # an attribute that is no layer's

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn3(self.conv3(self.relu(self.bn2(self.conv2(out)))))
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    """torchvision's: stem 7x7, max pooling, layers; ``average`` puts timm's pooling in the shortcut."""

    def __init__(self, average: bool = False, padding_mode: str = "zeros"):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.inputs = 8
        self.layer1 = self._layer(8, 1, average)
        self.layer2 = self._layer(12, 2, average)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(24, 5)
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                part.padding_mode = padding_mode
                part._reversed_padding_repeated_twice = [p for p in part.padding[::-1] for _ in (0, 1)]

    def _layer(self, width: int, stride: int, average: bool) -> nn.Sequential:
        outputs = width * Bottleneck.expansion
        shortcut = [nn.Conv2d(self.inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)]
        if average and stride > 1:
            pool = nn.AvgPool2d(2, stride, ceil_mode=True, count_include_pad=False)
            shortcut = [pool, nn.Conv2d(self.inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        block = Bottleneck(self.inputs, width, stride, nn.Sequential(*shortcut))
        self.inputs = outputs
        return nn.Sequential(block, Bottleneck(outputs, width, 1, None))

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer2(self.layer1(x))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class CifarResNet(nn.Module):
    """He et al.'s for CIFAR: shortcuts that slice and pad with zero channels, no parameters."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, 1, 1)
        self.conv1 = nn.Conv2d(4, 8, 3, 2, 1)
        self.conv2 = nn.Conv2d(8, 8, 3, 1, 1)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        shortcut = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2))
        x = torch.relu(self.conv2(torch.relu(self.conv1(x))) + shortcut)
        x = functional.max_pool2d(x, 2)
        return self.fc(x.mean((2, 3)))


def vgg() -> nn.Module:
    layers, inputs = [], 3
    for outputs in (4, 8):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2)]
        inputs = outputs
    head = [nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(8 * 49, 5)]
    return nn.Sequential(nn.Sequential(*layers), *head)


class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNeXtBlock(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.dwconv = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        return x + self.mlp(self.norm(self.dwconv(x).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)


def convnext() -> nn.Module:
    """Patch stem 4x4 at stride 4; between stages a norm and a 2x2 convolution at stride 2."""
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 8, 4, 4), LayerNorm2d(8)),
        ConvNeXtBlock(8),
        nn.Sequential(LayerNorm2d(8), nn.Conv2d(8, 16, 2, 2)),
        ConvNeXtBlock(16),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16, 5),
    )


class MBConv(nn.Module):
    """EfficientNet's: expansion, strided depthwise convolution, squeeze and excitation, projection."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int):
        super().__init__()
        wide = 4 * inputs
        self.expand = nn.Sequential(nn.Conv2d(inputs, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.SiLU())
        depthwise = nn.Conv2d(wide, wide, kernel, stride, kernel // 2, groups=wide, bias=False)
        self.depthwise = nn.Sequential(depthwise, nn.BatchNorm2d(wide), nn.SiLU())
        self.squeeze = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(wide, 4, 1), nn.SiLU(), nn.Conv2d(4, wide, 1), nn.Sigmoid()
        )
        self.project = nn.Sequential(nn.Conv2d(wide, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.depthwise(self.expand(x))
        return self.project(y * self.squeeze(y))


def efficientnet() -> nn.Module:
    stem = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.SiLU())
    blocks = [MBConv(4, 6, 3, 2), MBConv(6, 8, 5, 2)]
    return nn.Sequential(stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5))


class VisionTransformer(nn.Module):
    """Patches of 8 pixels by a convolution whose kernel is its stride, then attention."""

    def __init__(self):
        super().__init__()
        self.conv_proj = nn.Conv2d(3, 16, 8, 8)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        tokens = self.conv_proj(x).flatten(2).transpose(1, 2)
        tokens = tokens + self.attention(tokens, tokens, tokens, need_weights=False)[0]
        return self.head(tokens.mean(1))


class SamePadding(nn.Conv2d):
    """timm's and TensorFlow's: pads by what the stride and the size need, more on the right and below."""

    def forward(self, x):
        pads = []
        for axis in (-1, -2):
            n, k, s = x.shape[axis], self.kernel_size[axis], self.stride[axis]
            need = max((math.ceil(n / s) - 1) * s + k - n, 0)
            pads += [need // 2, need - need // 2]
        return functional.conv2d(
            functional.pad(x, pads), self.weight, self.bias, self.stride, 0, self.dilation, self.groups
        )
