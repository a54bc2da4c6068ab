"""case.json: one foot with its landmarks, angles and diagnoses; Resources/Schemes/case.schema.json rules it."""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.resources import resource_path

SCHEMA_VERSION = "1.1"
#: detections below this confidence are drawn and listed as doubtful
LOW_CONFIDENCE = 0.5
NOTICE = "Research software, not a medical device: not for diagnosis or treatment."

CaseDocument = dict[str, Any]


class CaseDocumentError(FootDeformityError):
    """A case file that cannot be used."""


@lru_cache(maxsize=1)
def case_schema() -> dict[str, Any]:
    """Return the JSON schema of case.json."""
    schema: dict[str, Any] = json.loads(resource_path("Schemes", "case.schema.json").read_text(encoding="utf-8"))
    return schema


@lru_cache(maxsize=1)
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(case_schema())


def validate_case(document: object, source: str | os.PathLike[str] = "case") -> None:
    """Raise CaseDocumentError, naming ``source`` and the worst offence, unless the document follows the schema."""
    if isinstance(document, dict) and isinstance(version := document.get("schema_version"), str):
        major = version.partition(".")[0]
        if major != SCHEMA_VERSION.partition(".")[0]:
            raise CaseDocumentError(
                f"{source}: case file of schema version {version}, expected {SCHEMA_VERSION}. Update FootDeformity."
            )
    error = jsonschema.exceptions.best_match(_validator().iter_errors(document))
    if error is not None:
        place = ".".join(str(part) for part in error.absolute_path) or "the top level"
        fault = error.message if len(error.message) <= 160 else error.message[:157] + "..."
        raise CaseDocumentError(f"{source}: not a valid case file: at {place}: {fault}. Write it again.")


def read_case(path: str | os.PathLike[str]) -> CaseDocument:
    """Read and validate a case.json. Raises CaseDocumentError."""
    file = Path(path)
    try:
        document = json.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise CaseDocumentError(f"{file}: no such file. Check the name and the folder.") from None
    except OSError as error:
        raise CaseDocumentError(f"{file}: cannot be read ({error.strerror or error}).") from None
    except (ValueError, RecursionError):
        raise CaseDocumentError(f"{file}: not JSON, or truncated; expected a case.json of FootDeformity.") from None
    validate_case(document, file)
    case: CaseDocument = document
    return case


def write_case(path: str | os.PathLike[str], document: CaseDocument) -> None:
    """Validate and write a case.json atomically. Raises CaseDocumentError."""
    validate_case(document, path)
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    # points and ranges on one line: a person reads this file, too
    number = r"(?:-?\d[\d.eE+-]*|null)"
    vector = re.compile(rf"\[\n\s+({number},\n\s+{number})\n\s*\]")
    write_text(path, vector.sub(lambda found: "[" + re.sub(r",\s+", ", ", found.group(1)) + "]", text) + "\n")
