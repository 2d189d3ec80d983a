"""Every layer under the one contract: how to make it, and its functional form."""

import torch

import aliaslab as al

MODES = ("zeros", "reflect", "replicate", "circular")
STRIDES = (1, 2, 3, 4, (2, 1), (1, 3), (4, 2))
SKEW = (1.0, 5.0, 2.0)  # a given kernel, not symmetric


def blur(taps, kernel="binomial"):
    return lambda stride, mode: al.BlurPool2d(taps, stride, mode, kernel=kernel)


def learned(stride, mode):
    torch.manual_seed(0)
    return al.LearnedPolyphasePool2d(3, 3, stride, mode, hidden=4).eval()


LAYERS = {
    "blur-1": blur(1),
    "blur-2": blur(2),
    "blur-3": blur(3),
    "blur-4": blur(4),
    "blur-5": blur(5),
    "blur-7": blur(7),
    "box-3": blur(3, "box"),
    "triangle-4": blur(4, "triangle"),
    "given": blur(3, SKEW),
    "max": lambda stride, mode: al.MaxBlurPool2d(3, stride, mode, padding=1),
    "polyphase": lambda stride, mode: al.PolyphasePool2d(3, stride, mode),
    "learned": learned,
    "haar": lambda stride, mode: al.WaveletPool2d(2, stride, mode),
    "daubechies-4": lambda stride, mode: al.WaveletPool2d(4, stride, mode),
    "frequency": lambda stride, mode: al.FrequencyPool2d(stride, mode),
}
