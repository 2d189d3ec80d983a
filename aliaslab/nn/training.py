"""Training a small classifier: short, and the same every time on one processor."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def train_classifier(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    epochs: int = 8,
    batch_size: int = 64,
    rate: float = 5e-3,
    seed: int = 0,
) -> nn.Module:
    """Train on cross-entropy with AdamW and one cycle of the learning rate.

    Parameters
    ----------
    model : from ``(N, C, H, W)`` to logits ``(N, K)``; trained in place.
    images : ``(N, C, H, W)``, floating.  Moved to the model's device.
    labels : ``(N,)``, int64, below ``K``.
    epochs : times that each image is seen (but for those that fill no last batch).
    batch_size : images at a time, ``N`` at most.
    rate : the highest learning rate; it rises for 30 % of the steps, then falls to almost none.
    seed : of the order of the images.  With the same initial weights, seed, version of torch and number
        of threads, a processor gives the same weights to the last bit.

    Returns
    -------
    The model, in evaluation mode.

    Raises
    ------
    ValueError
        If there are not as many labels as images, or less than a batch of them.

    References
    ----------
    Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019 (AdamW); Smith and Topin,
    "Super-convergence", 2018 (one cycle).
    """
    if len(images) != len(labels) or len(images) < batch_size:
        raise ValueError(
            f"got {len(images)} images and {len(labels)} labels, wanted as many of both, and at least "
            f"one batch of {batch_size}"
        )
    device = next(model.parameters()).device
    images, labels = images.to(device), labels.to(device)
    order = torch.Generator().manual_seed(seed)
    steps = len(images) // batch_size
    optimiser = torch.optim.AdamW(model.parameters(), rate, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=epochs * steps)
    model.train()
    for _ in range(epochs):
        drawn = torch.randperm(len(images), generator=order)[: steps * batch_size]
        for batch in drawn.to(device).split(batch_size):
            optimiser.zero_grad()
            functional.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimiser.step()
            schedule.step()
    return model.eval()


def accuracy(model: nn.Module, images: Tensor, labels: Tensor, batch_size: int = 256) -> float:
    """The share of images to which the model gives their label, in [0, 1].

    Parameters
    ----------
    model : from ``(N, C, H, W)`` to logits ``(N, K)``; put it in evaluation mode first.
    images, labels : ``(N, C, H, W)`` and ``(N,)``, on the model's device.
    batch_size : images at a time.
    """
    with torch.no_grad():
        right = [
            (model(some).argmax(1) == wanted).sum()
            for some, wanted in zip(images.split(batch_size), labels.split(batch_size), strict=True)
        ]
    return torch.stack(right).sum().item() / len(images)
