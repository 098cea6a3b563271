# SPDX-License-Identifier: BSD-2-Clause
"""The release: the file VERSION, packed into the archive or at the root of the checkout."""
import os
import pkgutil

import programs


def text():
    """The text of VERSION."""
    try:
        data = pkgutil.get_data(__name__, "VERSION")  # beside this file, in the archive
    except OSError:
        data = None
    if data is None and programs.checkout():
        with open(os.path.join(programs.checkout(), "VERSION"), "rb") as file:
            data = file.read()
    return (data or b"unknown").decode().strip()
