"""Calibrations as files: what was fitted, on how much, for which model, and when."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bot.domain.decision import Calibration
from bot.domain.errors import ConfigurationError, NotCalibrated

SHIPPED: Final = Path(__file__).parent / "calibrations"


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """A calibration with the circumstances of its making.

    `questions` were asked of `libraries` libraries; `answerable` of them had an answer there. `wish` is the largest
    share of unanswerable questions that may be answered, from which `answer_at` follows.
    """

    calibration: Calibration
    model: str
    model_sha256: str
    fitted_on: dt.date
    libraries: int
    questions: int
    answerable: int
    wish: float


def own_calibration(path: Path | None, data_dir: Path) -> Path | None:
    """The calibration file at `path`, else the data folder's; None where the one that ships is to be taken."""
    own = data_dir / "calibration.json"
    return path or (own if own.is_file() else None)


def load_calibration(path: Path | None, data_dir: Path, model: str, model_sha256: str) -> CalibrationRecord:
    """The calibration at `path`, else the data folder's, else the shipped one that fits the model.

    Raises NotCalibrated where none fits, ConfigurationError where a file cannot be read.
    """
    own = own_calibration(path, data_dir)
    if own is not None:
        record = read_calibration(own)
        if record.model_sha256 == model_sha256:
            return record
        raise NotCalibrated(
            f"{own} was fitted for the model {record.model} (sha256 {record.model_sha256[:12]}...), but "
            f"{model} (sha256 {model_sha256[:12]}...) is in use. Fit one with `doctors-note calibrate`."
        )
    for shipped in sorted(SHIPPED.glob("*.json")):
        record = read_calibration(shipped)
        if record.model_sha256 == model_sha256:
            return record
    raise NotCalibrated(
        f"no calibration fits the model {model} (sha256 {model_sha256[:12]}...). Fit one with "
        "`doctors-note calibrate`, or use the packaged model."
    )


def read_calibration(path: Path) -> CalibrationRecord:
    """The calibration in a file. Raises ConfigurationError."""
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        values["fitted_on"] = dt.date.fromisoformat(values["fitted_on"])
        return CalibrationRecord(calibration=Calibration(**values.pop("calibration")), **values)
    except OSError as error:
        raise ConfigurationError(f"the calibration {path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigurationError(f"{path} is not a calibration file: {error!r}") from error


def write_calibration(record: CalibrationRecord, path: Path) -> None:
    """Write `record` to `path`, in one step."""
    values = asdict(record) | {"fitted_on": record.fitted_on.isoformat()}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
