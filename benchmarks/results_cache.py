"""What months came to, kept in files, each with the code that it stands on."""

from dataclasses import dataclass, fields
import hashlib
import json
from pathlib import Path
import re
from typing import Any, Final

from .cars import Kind
from .integrations_under_test import OURS, Subject
from .scoring import Result, Score

ROOT: Final = Path(__file__).parents[1]

# What a month depends on, whoever is watched; this integration has more.
CODE: Final = (
    "benchmarks/cars.py",
    "benchmarks/run.py",
    "benchmarks/integrations_under_test.py",
    "benchmarks/scoring.py",
    "benchmarks/virtual_house.py",
    "simulator/*.py",
    "simulator/data/*.csv",
)
OUR_CODE: Final = (*CODE, f"custom_components/{OURS}/**/*.py")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A month of one subject with one kind of car, for each file of trips."""

    subject: Subject
    kind: Kind
    days: int
    trips: tuple[str, ...]

    @property
    def title(self) -> str:
        """What it is, in a line."""
        return f"{self.subject.name}; {self.kind.name}; {self.days} days"

    @property
    def fingerprint(self) -> str:
        """What changes whenever it may come to something else."""
        code = fingerprint(CODE if self.subject.mode is None else OUR_CODE)
        return hashlib.sha256(f"{self!r} {code}".encode()).hexdigest()[:16]


def fingerprint(patterns: tuple[str, ...]) -> str:
    """Return a fingerprint of some files of the repository."""
    digest = hashlib.sha256()
    for path in sorted(path for each in patterns for path in ROOT.glob(each)):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def save(folder: Path, job: Job, result: Result) -> None:
    """Keep what a job came to."""
    kept = {"fingerprint": job.fingerprint, "result": _as_dict(result)}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(kept, indent=1) + "\n"
    _path(folder, job).write_text(text, encoding="utf-8")


def load(folder: Path, job: Job) -> Result | None:
    """Return what a job came to; None if this code has not run it yet."""
    path = _path(folder, job)
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["fingerprint"] != job.fingerprint:
        return None
    return _from_dict(kept["result"])


def _path(folder: Path, job: Job) -> Path:
    """Return where a job's results are kept."""
    return folder / (re.sub(r"[^a-z0-9]+", "-", job.title.lower()) + ".json")


def _as_dict(result: Result) -> dict[str, Any]:
    """Return a result as JSON can hold it."""
    kept = {each.name: getattr(result, each.name) for each in fields(result)}
    score = {each.name: getattr(result.score, each.name) for each in fields(Score)}
    score["delays"] = [
        [fact, to, delays] for (fact, to), delays in result.score.delays.items()
    ]
    return {**kept, "score": score}


def _from_dict(kept: dict[str, Any]) -> Result:
    """Return a result that was kept."""
    score = dict(kept["score"])
    score["delays"] = {(fact, to): delays for fact, to, delays in score["delays"]}
    return Result(**{**kept, "score": Score(**score)})
