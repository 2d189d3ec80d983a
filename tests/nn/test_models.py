"""Small classifiers: sizes, the choice of downsampling, exact invariance, training, the weights shipped."""

from __future__ import annotations

import pandas as pd
import pytest
import torch
from torch import nn

from aliaslab import (
    accuracy,
    downsamplings,
    plain_net,
    pretrained,
    pretrained_names,
    shift_instability,
    small_resnet,
    strided_layers,
    train_classifier,
)
from aliaslab.nn import train
from aliaslab.nn.pretrained import FOLDER, load, save
from aliaslab.results import stored_result

CLASS_OF = {
    "strided": "convolution",
    "maxpool": "max pooling",
    "avgpool": "average pooling",
    "blurpool": "BlurPool2d",
    "maxblur": "MaxBlurPool2d",
    "polyphase": "PolyphasePool2d",
    "learned-polyphase": "LearnedPolyphasePool2d",
    "wavelet": "WaveletPool2d",
    "frequency": "FrequencyPool2d",
}


def images(n: int = 3, size: int = 32, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, 1, size, size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("build", [plain_net, small_resnet])
@pytest.mark.parametrize("downsampling", downsamplings())
def test_each_choice_is_what_decimates(build, downsampling, device):
    model = build(downsampling, classes=5, width=4).to(device)
    table = strided_layers(model, images().to(device))
    assert set(table.kind) == {CLASS_OF[downsampling]}
    assert (table.factor == (2, 2)).all()
    assert len(table) == {plain_net: 3, small_resnet: 4 if downsampling == "strided" else 2}[build]
    for size in (8, 13, 32):
        assert model(images(2, size).to(device)).shape == (2, 5)


def test_a_downsampling_of_ones_own():
    asked = []
    model = plain_net(lambda channels: asked.append(channels) or nn.AvgPool2d(2), channels=3, width=2)
    assert asked == [2, 4, 8]
    assert model(torch.zeros(1, 3, 8, 8)).shape == (1, 18)


@pytest.mark.parametrize("build", [plain_net, small_resnet])
@pytest.mark.parametrize("downsampling", ["polyphase", "learned-polyphase"])
def test_polyphase_is_exactly_invariant(build, downsampling):
    torch.manual_seed(0)
    model = build(downsampling, padding_mode="circular").eval()
    shifts = [(1, 0), (0, -1), (3, 5), (-7, 2)]
    unstable = lambda model: shift_instability(model, images(), shifts, of="logits").max().item()
    # float32 rounding of sums taken in another order, squared by the cosine
    assert unstable(model) < 1e-11
    # zeros at the border, or no choice of phase, and it is gone
    torch.manual_seed(0)
    assert unstable(build(downsampling, padding_mode="zeros").eval()) > 1e-8
    torch.manual_seed(0)
    assert unstable(build("strided", padding_mode="circular").eval()) > 1e-8


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"downsampling": "max-pool"}, "unknown downsampling 'max-pool'; did you mean 'maxpool'"),
        ({"padding_mode": "reflect"}, "choose one of 'zeros', 'circular'"),
    ],
)
@pytest.mark.parametrize("build", [plain_net, small_resnet])
def test_bad_input_is_explained(build, arguments, says):
    with pytest.raises(ValueError, match=says):
        build(**arguments)


@pytest.fixture(scope="module")
def few():
    """A training so small that it can be done twice."""
    return train.patches("train", 8)


@pytest.fixture
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_training_is_the_same_every_time(few):
    recipe = train.recipes()["plain-maxblur"]
    first, again, other = (train.train_one(recipe, seed, *few, epochs=1) for seed in (0, 0, 1))
    state = again.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in first.state_dict().items())
    assert not torch.equal(first.head.weight, other.head.weight)
    assert not first.training


def test_training_learns(few):
    images, labels = few
    torch.manual_seed(0)
    model = plain_net(width=4).eval()
    before = accuracy(model, images, labels)
    train_classifier(model, images, labels, epochs=10, batch_size=16)
    # chance is 1 in 18
    assert before < 0.2 < 0.3 < accuracy(model, images, labels)
    right = (model(images).argmax(1) == labels).float().mean().item()
    assert accuracy(model, images, labels, batch_size=7) == pytest.approx(right)


def test_training_refuses_what_does_not_fit(few):
    images, labels = few
    for wrong in ((images, labels[1:]), (images[:3], labels[:3])):
        with pytest.raises(ValueError, match=r"got \d+ images and \d+ labels"):
            train_classifier(plain_net(), *wrong)


def test_saved_and_loaded(tmp_path):
    model = small_resnet("wavelet", classes=3, width=4, padding_mode="circular").eval()
    save(model, tmp_path / "a.safetensors")
    loaded = load(tmp_path / "a.safetensors")
    assert loaded.config["downsampling"] == "wavelet"
    assert torch.equal(loaded(images()), model(images()))


STORED = stored_result("small-classifiers")


def test_every_recipe_has_weights_and_results():
    recipes = train.recipes()
    assert set(pretrained_names()) == set(STORED.network) == set(recipes)
    for name in pretrained_names():
        config = pretrained(name).config
        assert recipes[name].items() <= (config | {"architecture": name.partition("-")[0]}).items()
        assert (FOLDER / f"{name}.safetensors").stat().st_size < 1e6
    with pytest.raises(ValueError, match=r"unknown pretrained network 'plain-max'.*'plain-maxpool'"):
        pretrained("plain-max")


@pytest.fixture(scope="module")
def tested():
    return train.patches("test", 100)


@pytest.mark.parametrize("name", ["plain-maxpool", "plain-maxblur", "plain-polyphase"])
def test_the_weights_give_the_stored_figures(name, tested):
    model = pretrained(name)
    stored = STORED.set_index(["network", "seed"]).loc[name, 0]
    # another processor rounds differently: two images may be on the edge between two classes
    assert accuracy(model, *tested) == pytest.approx(stored.accuracy, abs=2.5 / len(tested[0]))
    # SIS takes five passes, so of a sixth of the images: within four standard errors of such a part
    scores = shift_instability(model, tested[0][::6])
    error = (scores.std() * (5 / 6 / len(scores)) ** 0.5).item()
    assert scores.mean().item() == pytest.approx(stored.sis, abs=4 * error + 1e-6)


def test_a_blur_after_max_pooling_steadies_without_cost():
    """At least 40 % less SIS and no loss of accuracy, over seeds and in each; polyphase is exact."""
    both = STORED.pivot(index="seed", columns="network")
    sis, right = (both[v][["plain-maxpool", "plain-maxblur"]].dropna() for v in ("sis", "accuracy"))
    assert len(sis) >= 5
    assert sis["plain-maxblur"].mean() < 0.6 * sis["plain-maxpool"].mean()
    assert (sis["plain-maxblur"] < sis["plain-maxpool"]).all()
    assert right["plain-maxblur"].mean() >= right["plain-maxpool"].mean()
    exact = STORED[STORED.network.str.endswith("polyphase")]
    assert (exact.sis < 1e-6).all()
    assert (exact.consistency == 1).all()


def test_the_card_says_what_was_measured():
    card = (FOLDER / "README.md").read_text("utf-8")
    assert card.endswith(train.card_table(STORED))
    assert "python -m aliaslab.nn.train" in card


def test_intervals_by_hand():
    table = pd.DataFrame(
        {"network": ["a"] * 3 + ["b"] * 3, "seed": [0, 1, 2] * 2, "accuracy": [1.0, 2, 3, 4, 4, 4]}
        | {"sis": [0.0] * 6, "consistency": [1.0] * 6}
    )
    found = train.summary(table)
    assert found.loc["a", "accuracy"] == 2
    # Student's 97.5 % quantile for 2 degrees of freedom is 4.303; the standard error is 1 / sqrt 3
    assert found.loc["a", "accuracy_half"] == pytest.approx(4.303 / 3**0.5, rel=1e-3)
    assert found.loc["b", "accuracy_half"] == 0
    assert train.paired(table, "accuracy", "b", "a").tolist() == [3, 2, 1]
