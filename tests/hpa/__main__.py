"""`python -m tests.hpa`: print cases of Kubernetes' own HPA, one JSON object a line.

Compiles cases.go with the version of Kubernetes that the local cluster runs; takes minutes, and a connection to the Go
module proxy the first time. `tests/unit/simulate/hpa_cases.jsonl` is its output.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.cluster.builds.binaries import MODULES
from tests.cluster.builds.go_toolchain import find_go
from tests.cluster.errors import ClusterError
from tests.cluster.run import run

HERE = Path(__file__).parent
MODULE = MODULES / "kubernetes"
BUILD_SECONDS = 3600


def main() -> int:
    """Build the program, run it, and print what it prints."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            program = _build(Path(scratch))
            sys.stdout.write(run([program], timeout=60))
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _build(scratch: Path) -> Path:
    """The sources are laid over the module that pins Kubernetes, and over the package that is asked.

    Nothing may be laid over the module cache, so Kubernetes is taken from a link to where it is in there.
    """
    go = find_go()
    settings = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local"}
    environment = {**os.environ, **settings}
    download = (go.command, "mod", "download", "-json", "k8s.io/kubernetes")
    downloaded = run(download, timeout=600, environment=environment, directory=MODULE)
    kubernetes = scratch / "kubernetes"
    kubernetes.symlink_to(json.loads(downloaded)["Dir"])
    pins = (MODULE / "go.mod").read_text()
    (scratch / "go.mod").write_text(f"{pins}\nreplace k8s.io/kubernetes => {kubernetes}\n")
    shutil.copy(MODULE / "go.sum", scratch)
    sources = {MODULE / "cases" / name: HERE / name for name in ("cases.go", "client.go")}
    sources[kubernetes / "pkg/controller/podautoscaler/export.go"] = HERE / "export.go"
    overlay = scratch / "overlay.json"
    overlay.write_text(json.dumps({"Replace": {str(at): str(source) for at, source in sources.items()}}))
    program = scratch / "cases"
    flags = ("-mod=mod", "-buildvcs=false", f"-modfile={scratch / 'go.mod'}", "-overlay", overlay, "-o", program)
    run([go.command, "build", *flags, "./cases"], timeout=BUILD_SECONDS, environment=environment, directory=MODULE)
    return program


if __name__ == "__main__":
    sys.exit(main())
