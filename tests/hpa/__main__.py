"""`python -m tests.hpa`: print cases of Kubernetes' own HPA, one JSON object a line.

Compiles cases.go with the version of Kubernetes that the local cluster runs; takes minutes, and a connection to the Go
module proxy the first time. `tests/unit/simulate/hpa_cases.jsonl` is its output.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from tests.cluster.binaries import KUBERNETES
from tests.cluster.errors import ClusterError
from tests.cluster.go_toolchain import find_go
from tests.cluster.paths import PACKAGE
from tests.cluster.run import run

HERE = Path(__file__).parent
MODULE = PACKAGE / "modules" / "kubernetes"
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
    """The sources are laid over the module that pins Kubernetes, and over the package that is asked."""
    go = find_go()
    settings = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local"}
    environment = {**os.environ, **settings}
    run([go.command, "mod", "download", "k8s.io/kubernetes"], timeout=600, environment=environment, directory=MODULE)
    cache = run([go.command, "env", "GOMODCACHE"], timeout=60, environment=environment, directory=MODULE).strip()
    package = Path(cache) / f"k8s.io/kubernetes@v{KUBERNETES}" / "pkg/controller/podautoscaler"
    sources = {str(MODULE / "cases" / name): str(HERE / name) for name in ("cases.go", "client.go")}
    overlay = scratch / "overlay.json"
    overlay.write_text(json.dumps({"Replace": {**sources, str(package / "export.go"): str(HERE / "export.go")}}))
    program = scratch / "cases"
    flags = ("-mod=readonly", "-buildvcs=false", "-overlay", overlay, "-o", program)
    run([go.command, "build", *flags, "./cases"], timeout=BUILD_SECONDS, environment=environment, directory=MODULE)
    return program


if __name__ == "__main__":
    sys.exit(main())
