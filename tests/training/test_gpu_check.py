"""`make gpu-check`, on a CPU: it trains, and says that there is no GPU."""

import re

import pytest

from benchmarks import gpu_check
from footprint.training import devices


@pytest.mark.skipif(devices.has_gpu(), reason="says what there is without a GPU")
def test_it_trains_and_says_on_what(capsys, monkeypatch):
    monkeypatch.setattr(gpu_check, "NETWORKS", None)  # the other process has its own
    gpu_check.main(["tensorflow", "nonsense"], seconds=0.1)
    dense, cnn, remark, failed = capsys.readouterr().out.strip().splitlines()
    form = (
        r"tensorflow [\d.]+ on cpu:0 \(.+\): (\w+), float32: ([\d,]+) samples/s, "
        r"process ([\d,]+) MB"
    )
    rows = [re.fullmatch(form, row) for row in (dense, cnn)]
    assert [row[1] for row in rows] == ["dense", "cnn"]
    # A network with fifty times as many multiplications is slower.
    assert int(rows[0][2].replace(",", "")) > int(rows[1][2].replace(",", "")) > 0
    assert int(rows[0][3].replace(",", "")) > 100
    assert remark.startswith(("tensorflow: no GPU: all of this ran on the CPU", "tensorflow: this"))
    assert failed.startswith("nonsense: failed: ")


def test_how_a_gpu_reads():
    row = {
        "version": "2.21.0",
        "device": "gpu:0",
        "name": "A100",
        "network": "cnn",
        "precision": "mixed_float16",
        "per_second": 12345.6,
        "memory": "GPU 1,024 MB",
    }
    assert gpu_check.line("tensorflow", row) == (
        "tensorflow 2.21.0 on gpu:0 (A100): cnn, mixed_float16: 12,346 samples/s, GPU 1,024 MB"
    )
