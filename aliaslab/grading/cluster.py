"""The same marks from the workers of a Dask cluster."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from .batch import Runner
from .marking import Marked, Setup, mark, unmarked


def on_cluster(address: str) -> Runner:
    """A runner on the workers of the scheduler at ``address``, which need nothing but this library.

    Raises
    ------
    RuntimeError
        If ``distributed`` is missing, or nobody answers there.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise RuntimeError("--scheduler needs Dask: pip install 'aliaslab[cluster]'") from error

    def run(setup: Setup, notebooks: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Marked]]:
        try:
            client = Client(address, timeout=20, set_as_default=False)
        except (OSError, ValueError) as error:
            raise RuntimeError(f"no Dask scheduler answers at {address!r}: {error}") from error
        with client:
            shared = client.scatter(setup, broadcast=True, hash=False)
            source, keys, waiting = iter(notebooks), {}, as_completed(loop=client.loop)
            # a few for each thread of a worker, so that the class is never in memory as a whole
            for key, data in itertools.islice(source, 2 * sum(client.nthreads().values())):
                _submit(client, shared, key, data, keys, waiting)
            for future in waiting:
                key = keys.pop(future)
                if future.status == "error" and type(future.exception()).__name__ == "KilledWorker":
                    why = "the cluster's worker died at this one: mark it by hand"
                    yield key, unmarked(setup.lab.checks(), why)
                else:
                    yield key, future.result()
                for following, data in itertools.islice(source, 1):
                    _submit(client, shared, following, data, keys, waiting)

    return run


def _submit(client, setup, key: str, notebook: bytes, keys: dict, waiting) -> None:
    future = client.submit(mark, setup, notebook, pure=False)
    keys[future] = key
    waiting.add(future)
