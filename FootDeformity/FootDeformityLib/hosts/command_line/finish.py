"""The last step of every command on one foot: write the results, show them, say where they are."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.document import to_document
from FootDeformityLib.case.facts import gather_facts
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.files.case_document import CaseDocument
from FootDeformityLib.files.case_results import REPORT_FILE, write_case_results
from FootDeformityLib.hosts.command_line.table import case_table
from FootDeformityLib.radiographs.radiograph import Radiograph


def finish_case(
    args: argparse.Namespace, views: Mapping[str, CaseView], radiographs: Mapping[str, Radiograph]
) -> CaseDocument:
    """Measure, write everything into ``args.out`` and print the table; return the case document.

    args: side, age, weight_bearing, criteria and out of add_case_options. Raises FootDeformityError.
    """
    facts = gather_facts(radiographs, args.side, args.age, args.weight_bearing)
    case = Case.from_views(views, facts, criteria=args.criteria)
    document = to_document(case)
    notes = write_case_results(args.out, document, case.scheme, radiographs)
    print(case_table(document))
    for note in notes:
        print(note)
    print(f"\nReport:  {Path(args.out) / REPORT_FILE}\nResults: {Path(args.out)}")
    return document
