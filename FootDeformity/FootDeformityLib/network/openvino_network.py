"""HIH on OpenVINO, where that optional package is installed: about a tenth faster still than FastHIH.

Worth its ten seconds of preparation for large networks only.
"""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import torch
from torch import Tensor, nn

from FootDeformityLib.network.fast_network import FastHIH, fast_dtype
from FootDeformityLib.network.hih import HIH, HIHOutput


def has_openvino() -> bool:
    """True if the package is installed."""
    return importlib.util.find_spec("openvino") is not None


class OpenVinoHIH:
    """(1, 1, S, S) float32 -> HIHOutput whose integer part is the last heatmap, refined, as FastHIH gives it."""

    def __init__(self, network: HIH) -> None:
        import openvino
        from openvino.frontend import FrontEndManager
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

        size = network.config.input_size
        # not openvino.convert_model: that reports its use to a server unless the user has declined
        front_end: Any = FrontEndManager().load_by_framework("pytorch")
        maps, example = _Maps(FastHIH(network, torch.float32, fused=False)), torch.zeros(1, 1, size, size)
        with warnings.catch_warnings():  # the front end traces by a way that torch calls deprecated
            warnings.simplefilter("ignore", FutureWarning)
            decoder = TorchScriptPythonDecoder(maps, example_input=example)
        converted = front_end.convert(front_end.load(decoder))
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "INFERENCE_PRECISION_HINT": "bf16" if fast_dtype() is torch.bfloat16 else "f32",
        }
        self._request: Any = openvino.Core().compile_model(converted, "CPU", settings).create_infer_request()
        self._has_decimal = network.decimal is not None

    def __call__(self, image: Tensor) -> HIHOutput:
        result = self._request.infer([image.numpy()])
        integer = torch.from_numpy(result[0].copy())
        return HIHOutput(integer, torch.from_numpy(result[1].copy()) if self._has_decimal else None)


class _Maps(nn.Module):
    """The output as a plain tuple."""

    def __init__(self, network: FastHIH) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        output = self.network(image)
        return (output.integer,) if output.decimal is None else (output.integer, output.decimal)
