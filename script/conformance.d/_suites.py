"""OGC's executable test suites: had once from their public repositories, built with Maven, run with Java.

The suites are not in Maven Central, but everything they are built from is. Where their repositories cannot
be reached, ``WANGGE_ETS_GIT`` names another place that has them, a folder or an address.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from _results import FAILED, PASSED, SKIPPED, Result

REPOSITORIES = "https://github.com/opengeospatial"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wangge" / "ets"
OUTCOMES = {"PASS": PASSED, "FAIL": FAILED, "SKIP": SKIPPED}
BUILD_SECONDS, RUN_SECONDS = int(os.environ.get("WANGGE_ETS_BUILD_SECONDS", "900")), 600

_BUILD = (
    "--batch-mode --quiet -Denforcer.skip=true -Dmaven.test.skip=true process-classes"
    " dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile=target/classpath.txt"
)


class NotHere(Exception):
    """Something the suites need is not on this machine."""


@dataclass(frozen=True)
class Suite:
    """One suite.

    Attributes
    ----------
    code : str
        Its name behind ``ets-ogcapi-``.
    commit : str
        What of its repository is run.
    package : str
        Of its classes.
    """

    code: str
    commit: str
    package: str

    def run(self, arguments: dict[str, str], folder: Path) -> list[Result]:
        """Run the suite against the ``iut`` of its arguments.

        Raises
        ------
        NotHere
            If Java, Maven, git or the suite is not to be had.
        """
        home = self._built()
        properties = folder / "properties.xml"
        entries = "".join(f'<entry key="{k}">{escape(v)}</entry>' for k, v in arguments.items())
        # No document type: it would be looked for on the web
        properties.write_text(f'<properties version="1.0">{entries}</properties>', "utf-8")
        path = f"{home / 'target/classes'}:{(home / 'target/classpath.txt').read_text('utf-8').strip()}"
        command = [
            "java",
            "-cp",
            path,
            f"{self.package}.TestNGController",
            "-o",
            str(folder),
            str(properties),
        ]
        with (folder / "log").open("wb") as log:
            subprocess.run(command, stdout=log, stderr=log, cwd=folder, timeout=RUN_SECONDS, check=False)
        found = list(folder.rglob("testng-results.xml"))
        if not found:
            tail = (folder / "log").read_text("utf-8", "replace")[-2000:]
            return [Result(self.code, "the suite itself", FAILED, tail)]
        return _read(found[0])

    def _built(self) -> Path:
        for program in ("java", "javac", "mvn", "git"):
            if shutil.which(program) is None:
                raise NotHere(f"{program} is not installed: install default-jdk-headless, maven and git")
        home = CACHE / f"{self.code}-{self.commit[:12]}"
        if not (home / "target" / "classpath.txt").exists():
            shutil.rmtree(home, ignore_errors=True)
            home.parent.mkdir(parents=True, exist_ok=True)
            source = _source(self.code)
            _do(["git", "clone", "--quiet", source, str(home)], CACHE)
            _do(["git", "checkout", "--quiet", self.commit], home)
            _do(["mvn", *_BUILD.split()], home)
        return home


def _source(code: str) -> str:
    place = os.environ.get("WANGGE_ETS_GIT", REPOSITORIES)
    return f"{place}/ets-ogcapi-{code}"


def _do(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotHere(f"{' '.join(command[:3])} takes longer than {BUILD_SECONDS} s") from error
    if done.returncode:
        raise NotHere(f"{' '.join(command[:3])}: {(done.stderr or done.stdout).strip()[-300:]}")


def _read(path: Path) -> list[Result]:
    results = []
    for kind in ElementTree.parse(path).iter("class"):
        group = ".".join(kind.get("name", "").split(".")[4:]).removeprefix("conformance.")
        for method in kind.iter("test-method"):
            outcome = OUTCOMES[method.get("status", "FAIL")]
            # Methods of configuration only count when they fail
            if method.get("is-config") == "true" and outcome != FAILED:
                continue
            results.append(Result(group, method.get("name", ""), outcome, _why(method)))
    return results


def _why(method: ElementTree.Element) -> str:
    """Return the message of a test, and the short ones of the values it was tried with."""
    values = [value.text.strip() for value in method.iterfind("params/param/value") if value.text]
    message = " ".join(method.findtext("exception/message", "").split())[:300]
    return " | ".join([message, *(value for value in values if len(value) < 160)]) if message else ""
