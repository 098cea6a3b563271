# SPDX-License-Identifier: BSD-2-Clause
"""What ends mmview early: a usage or an input that cannot be used (exit status 2)."""


class Unusable(Exception):
    """Bad usage, an unreadable tree, a missing program. The text is for the user."""
