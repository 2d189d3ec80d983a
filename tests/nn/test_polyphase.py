"""Polyphase sampling: what it keeps, and that a circular shift changes nothing but the position."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nn.layers import MODES

import aliaslab as al

EPS = np.finfo(float).eps


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def blurred(x, taps, stride):
    """The filter of the stride at every pixel, one axis after the other."""
    for s in stride:  # each turn filters the rows of what is left, then turns the image
        kernel = al.blurpool_kernel(taps, s)
        x = x.transpose(2, 3)
        x = al.blur_pool1d(x.flatten(0, 2)[:, None], 1, 1, "circular", kernel=kernel).reshape(x.shape)
    return x


def is_a_shift(a, b, atol):
    """Whether some circular shift makes each image of ``b`` the image of ``a``."""
    h, w = a.shape[2:]
    shifts = [b.roll((i, j), (2, 3)) for i in range(h) for j in range(w)]
    far = torch.stack([(a - shifted).abs().amax((1, 2, 3)) for shifted in shifts]).amin(0)
    return bool((far <= atol).all())


grids = st.tuples(*[st.tuples(st.integers(1, 4), st.integers(1, 4))] * 2)


@settings(deadline=None, max_examples=60)
@given(
    grid=grids,
    shift=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    taps=st.integers(1, 7),
    seed=st.integers(0, 999),
    learned=st.booleans(),
)
def test_a_circular_shift_only_moves_the_output(grid, shift, taps, seed, learned):
    (h, w), stride = grid
    x = noise(3, 2, h * stride[0], w * stride[1], seed=seed)
    torch.manual_seed(seed)
    layer = al.LearnedPolyphasePool2d(2, taps, stride).double().eval()
    if learned:
        parts = al.polyphase_components(blurred(x, taps, stride), stride)
        best = layer.score(parts.flatten(0, 2)).reshape(3, -1).sort(1).values
        # scores that tie up to rounding (ReLUs all open, and the filter's components have one mean) choose
        # by chance
        assume(best.shape[1] == 1 or (best[:, -1] - best[:, -2] > 1e-9).all())
    else:
        layer = al.PolyphasePool2d(taps, stride)
    # blurred at another place, a pixel is summed in another order: twice over at most 19 taps
    atol = 2 * 40 * EPS * x.abs().max().item()
    assert is_a_shift(layer(x), layer(x.roll(shift, (2, 3))), atol)


def test_a_bare_stride_is_not_consistent():
    x = noise(3, 2, 8, 8)
    assert not is_a_shift(al.blur_pool2d(x, 1), al.blur_pool2d(x.roll(1, 2), 1), 0.1)
    assert not is_a_shift(al.blur_pool2d(x, 3), al.blur_pool2d(x.roll(1, 2), 3), 0.1)


def test_the_strongest_component_is_kept(device):
    x = noise(4, 3, 9, 8).to(device)
    got, phase = al.polyphase_pool2d(x, 1, (3, 2), return_phase=True)
    components = [[x[:, :, i::3, j::2] for j in range(2)] for i in range(3)]
    norms = torch.stack([c.square().sum((1, 2, 3)) for row in components for c in row], 1)
    assert torch.equal(phase, norms.argmax(1))
    for n, p in enumerate(phase.tolist()):
        assert torch.equal(got[n], components[p // 2][p % 2][n])


def test_the_filter_is_the_strides_own(device):
    x = noise(2, 3, 9, 6).to(device)
    blurred = al.blur_pool2d(x, stride=1, padding_mode="circular", kernel=al.blurpool_kernel(3, stride=3))
    phase = torch.tensor([4, 7], device=device)
    got = al.polyphase_pool2d(x, 3, 3, phase=phase)
    assert torch.equal(got[0], blurred[0, :, 1::3, 1::3])
    assert torch.equal(got[1], blurred[1, :, 2::3, 1::3])


def test_components_are_a_view():
    x = noise(2, 3, 6, 8)
    parts = al.polyphase_components(x, (3, 2))
    assert parts.shape == (2, 3, 2, 3, 2, 4)
    assert parts.data_ptr() == x.data_ptr()
    for i in range(3):
        for j in range(2):
            assert torch.equal(parts[:, i, j], x[:, :, i::3, j::2])


@pytest.mark.parametrize(("mode", "after"), list(zip(MODES, ([4], [3], [4], [0]), strict=True)))
def test_a_component_beyond_the_end(mode, after):
    x = torch.arange(5.0).reshape(1, 1, 1, 5)
    assert al.polyphase_components(x, (1, 2), mode)[0, 0, 1].flatten().tolist() == [1, 3, *after]


def test_branches_agree():
    main, skip = noise(5, 4, 8, 6), noise(5, 2, 8, 6, seed=1)
    out, phase = al.polyphase_pool2d(main, return_phase=True)
    leader = al.PolyphasePool2d()
    follower = al.PolyphasePool2d(follow=leader)
    last = al.PolyphasePool2d(taps=1, follow=follower)
    expected = al.polyphase_pool2d(skip, phase=phase)
    for layers in ((leader, follower, last), copy.deepcopy((leader, follower, last))):
        first, second, third = layers
        assert torch.equal(first(main), out)
        assert torch.equal(second(skip), expected)
        assert torch.equal(third(skip), al.polyphase_pool2d(skip, 1, phase=phase))
    assert not torch.equal(al.polyphase_pool2d(skip), expected)


def test_a_whole_residual_block_moves_with_its_input():
    torch.manual_seed(0)

    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            same = {"padding_mode": "circular", "dtype": torch.float64}
            self.main = torch.nn.Conv2d(2, 4, 3, padding=1, **same)
            self.skip = torch.nn.Conv2d(2, 4, 1, **same)
            self.pool = al.PolyphasePool2d()
            self.skip_pool = al.PolyphasePool2d(follow=self.pool)

        def forward(self, x):
            return self.pool(self.main(x).relu()) + self.skip_pool(self.skip(x))

    block, x = Block(), noise(6, 2, 8, 8)
    assert [name for name, _ in block.named_modules()] == ["", "main", "skip", "pool", "skip_pool"]
    for shift in ((0, 1), (1, 0), (3, 5)):
        assert is_a_shift(block(x), block(x.roll(shift, (2, 3))), 1e3 * EPS)
    block.skip_pool = al.PolyphasePool2d()
    assert not is_a_shift(block(x), block(x.roll((0, 1), (2, 3))), 0.1)


def test_learning_reaches_the_scores():
    torch.manual_seed(0)
    layer = al.LearnedPolyphasePool2d(2).double().train()
    x = noise(8, 2, 6, 6).requires_grad_()
    out = layer(x)
    parts = al.polyphase_components(al.blur_pool2d(x, 3, 1, "circular"))
    # whole components, drawn at random: the best alone in evaluation
    assert all(
        any(torch.allclose(out[n], parts[n, i, j]) for i in (0, 1) for j in (0, 1)) for n in range(len(x))
    )
    assert not torch.equal(layer(x), layer(x))
    out.square().sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in layer.score.parameters())
    assert x.grad.abs().sum() > 0
    layer.eval()
    assert torch.equal(layer(x), layer(x))


def test_a_cold_draw_is_the_best():
    torch.manual_seed(0)
    x = noise(64, 2, 4, 4)
    layer = al.LearnedPolyphasePool2d(2, temperature=1.0).double()
    best = al.learned_polyphase_pool2d(x, lambda c: 1e6 * layer.score(c), temperature=1.0)
    torch.testing.assert_close(best, layer.eval()(x))


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda x: al.polyphase_pool2d(x, phase=torch.zeros(3).long()), ValueError, r"shape \(2,\), got"),
        (lambda x: al.polyphase_pool2d(x, phase=torch.zeros(2)), ValueError, "one int64 per image"),
        (lambda x: al.polyphase_pool2d(x, phase=1), ValueError, "got 1; see return_phase"),
        (lambda x: al.PolyphasePool2d(follow=al.BlurPool2d()), TypeError, "got BlurPool2d"),
        (
            lambda x: al.PolyphasePool2d(stride=3, follow=al.PolyphasePool2d()),
            ValueError,
            r"follow has stride \(2, 2\), this layer \(3, 3\)",
        ),
        (lambda x: al.PolyphasePool2d(follow=al.PolyphasePool2d())(x), RuntimeError, "has not run"),
        (lambda x: al.LearnedPolyphasePool2d(0), ValueError, "channels must be 1 or more"),
        (lambda x: al.learned_polyphase_pool2d(x, len, temperature=0), ValueError, "above 0, got 0"),
    ],
)
def test_errors(call, error, said):
    with pytest.raises(error, match=said):
        call(noise(2, 1, 4, 4))


def test_one_follower_each():
    leader = al.PolyphasePool2d()
    al.PolyphasePool2d(follow=leader)
    with pytest.raises(ValueError, match="followed by another layer already"):
        al.PolyphasePool2d(follow=leader)
