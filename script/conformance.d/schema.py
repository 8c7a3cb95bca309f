"""Questions made up from our own description of the interface, by Schemathesis."""

from __future__ import annotations

import json
import subprocess
import venv
from pathlib import Path
from typing import Any

from _results import FAILED, PASSED, Result
from _suites import CACHE, NotHere

VERSION = "4.32.5"
EXAMPLES = "5"
SECONDS = 300
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def schema(base: str, folder: Path) -> list[Result]:
    """Ask every address that only reads; nothing may be a fault of ours, or other than described.

    Raises
    ------
    NotHere
        If Schemathesis cannot be installed.
    """
    report = folder / "report.json"
    command = [str(_program()), "run", f"{base}/api", "--url", base, "--checks", ",".join(CHECKS)]
    command += ["--include-method", "GET", "--max-examples", EXAMPLES, "--seed", "1", "--workers", "1"]
    command += ["--phases", "examples,coverage,fuzzing", "--generation-database", "none", "--no-color"]
    command += ["--report-json-path", str(report), "--warnings", "off"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=folder, check=False)
    if not report.exists():
        return [Result("Schemathesis", "the run itself", FAILED, (done.stdout + done.stderr)[-500:])]
    return _read(json.loads(report.read_text("utf-8")), done.returncode)


def _program() -> Path:
    folder = CACHE / f"schemathesis-{VERSION}"
    program = folder / "bin" / "schemathesis"
    if not program.exists():
        venv.create(folder, with_pip=True)
        install = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            f"schemathesis=={VERSION}",
        ]
        done = subprocess.run(install, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            raise NotHere(f"schemathesis cannot be installed: {done.stderr.strip()[-200:]}")
    return program


def _read(report: dict[str, Any], code: int) -> list[Result]:
    counts, operations = report["test_cases"], report["operations"]
    told = f"{counts['generated']} questions to {operations['tested']} addresses"
    failures = [
        Result("Schemathesis", told, FAILED, " ".join(json.dumps(failure, ensure_ascii=False).split())[:600])
        for failure in [*report["failures"], *report["errors"]]
    ]
    if not failures and code:
        return [Result("Schemathesis", told, FAILED, f"exit code {code}")]
    return failures or [Result("Schemathesis", told, PASSED)]
