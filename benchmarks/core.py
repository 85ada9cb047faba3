"""How fast the core convolves, beside SciPy and, when installed, torch; one thread, float64.

A 192x28x28 image under 32 filters of 5x5 with padding 2: forward, gradient of the input, gradient of the weight.
Prints the best time of each and its ratio to the core's: above 1, the core is faster.

    python benchmarks/core.py
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy import signal

from grader.core import conv2d, conv2d_grad_input, conv2d_grad_weight

Array = np.ndarray
Pass = Callable[[], Array]
PASSES = ("forward", "grad input", "grad weight")
PADDING = 2
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def operands() -> tuple[Array, Array, Array]:
    """Image (C, H, W), kernels (O, C, kh, kw) and the gradient of the output (O, H, W)."""
    draw = np.random.default_rng(0)
    return draw.normal(size=(192, 28, 28)), draw.normal(size=(32, 192, 5, 5)), draw.normal(size=(32, 28, 28))


def core(x: Array, w: Array, g: Array) -> list[Pass]:
    return [
        lambda: conv2d(x, w, padding=PADDING),
        lambda: conv2d_grad_input(g, x, w, padding=PADDING),
        lambda: conv2d_grad_weight(g, x, w, padding=PADDING),
    ]


def scipy_correlate(x: Array, w: Array, g: Array) -> list[Pass]:
    """One correlation per filter and channel, summed: SciPy has no channels."""
    padded = np.pad(x, ((0, 0), (PADDING, PADDING), (PADDING, PADDING)))
    turned = w[:, :, ::-1, ::-1]
    return [
        lambda: np.stack(
            [sum(signal.correlate2d(p, k, "valid") for p, k in zip(padded, kernel, strict=True)) for kernel in w]
        ),
        lambda: np.stack(
            [sum(signal.correlate2d(g[o], turned[o, c], "same") for o in range(len(w))) for c in range(len(x))]
        ),
        lambda: np.stack([[signal.correlate2d(plane, grad, "valid") for plane in padded] for grad in g]),
    ]


def scipy_fft(x: Array, w: Array, g: Array) -> list[Pass]:
    """The same through Fourier transforms, all channels at once."""
    padded = np.pad(x, ((0, 0), (PADDING, PADDING), (PADDING, PADDING)))
    axes, turned = (-2, -1), slice(None, None, -1)
    return [
        lambda: np.stack([signal.fftconvolve(padded, k[:, turned, turned], "valid", axes=axes).sum(axis=0) for k in w]),
        lambda: sum(signal.fftconvolve(grad[None], k, "full", axes=axes) for grad, k in zip(g, w, strict=True))[
            :, PADDING:-PADDING, PADDING:-PADDING
        ],
        lambda: np.stack([signal.fftconvolve(padded, grad[None, turned, turned], "valid", axes=axes) for grad in g]),
    ]


def torch_passes(x: Array, w: Array, g: Array) -> list[Pass]:
    import torch

    torch.set_num_threads(1)
    image, kernel, gradient = (torch.tensor(array) for array in (x[None], w, g[None]))
    functional, grads = torch.nn.functional, torch.nn.grad
    return [
        lambda: functional.conv2d(image, kernel, padding=PADDING)[0].numpy(),
        lambda: grads.conv2d_input(image.shape, kernel, gradient, padding=PADDING)[0].numpy(),
        lambda: grads.conv2d_weight(image, kernel.shape, gradient, padding=PADDING).numpy(),
    ]


def best(run: Pass, budget: float = 1.0) -> float:
    """The shortest of the runs that fit into the budget of seconds, in milliseconds."""
    times: list[float] = []
    while not times or sum(times) < budget:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main() -> None:
    if any(os.environ.get(variable) != "1" for variable in THREADS):
        # BLAS reads these when it is loaded, so they must stand before Python starts
        os.environ.update(dict.fromkeys(THREADS, "1"))
        os.execv(sys.executable, [sys.executable, *sys.argv])
    x, w, g = operands()
    rivals = {"core": core, "scipy direct": scipy_correlate, "scipy fft": scipy_fft}
    try:
        import torch  # noqa: F401
    except ImportError:
        print("torch is not installed: left out")
    else:
        rivals["torch"] = torch_passes
    ours = core(x, w, g)
    right = [run() for run in ours]
    base = [best(run) for run in ours]
    print(f"{'':14}" + "".join(f"{name:>24}" for name in PASSES))
    for name, make in rivals.items():
        cells = []
        for run, expected, reference in zip(make(x, w, g), right, base, strict=True):
            if not np.allclose(run(), expected):
                raise SystemExit(f"{name} computes other numbers than the core")
            spent = reference if name == "core" else best(run)
            cells.append(f"{spent:10.2f} ms  x {spent / reference:8.2f}")
        print(f"{name:14}" + "".join(f"{cell:>24}" for cell in cells))


if __name__ == "__main__":
    main()
