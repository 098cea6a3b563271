# SPDX-License-Identifier: BSD-2-Clause
"""The linter's findings, if this mmview has a linter: as lines, as JSON, as a verdict."""
from errors import Unusable
from table import wrapped

COLOURS = {"error": "red", "warning": "yellow"}  # what is neither is a hint and no reason to fail


def prepare(needed):
    """Before anything is read: go on with an interpreter that has libfdt, or say why not."""
    try:
        import lint_tree  # pylint: disable=import-outside-toplevel

        lint_tree.need_libfdt()
    except ModuleNotFoundError as error:
        if not error.name.startswith("lint") or needed:
            raise Unusable(f"the linter is not in this build: {error}") from None
    except Unusable:
        if needed:
            raise


def of_tree(blob_path, records, needed=False):
    """(findings about a tree, None) or (None, why there are none)."""
    try:
        import lint  # pylint: disable=import-outside-toplevel

        with open(blob_path, "rb") as file:
            return lint.findings(file.read(), records), None
    except ModuleNotFoundError as error:
        if not error.name.startswith("lint"):
            raise
        why = f"the linter is not in this build: {error}"
    except Unusable as error:
        why = str(error)
    if needed:
        raise Unusable(why)
    return None, why


def serious(found):
    """Is there one that a build should fail for?"""
    return any(finding.severity in COLOURS for finding in found or [])


def show(found, why, paint):
    """Each finding: where and what, then what to do."""
    if found is None:
        return wrapped("findings", f"none: {why}")
    if not found:
        return [paint("findings    none", "green")]
    lines = []
    for finding in found:
        head, *rest = finding.text().splitlines()
        lines += [paint(head, COLOURS.get(finding.severity, "bold")), *rest]
    return lines


def as_dicts(found):
    """For --json; null when the linter could not work."""
    return None if found is None else [finding.as_dict() for finding in found]
