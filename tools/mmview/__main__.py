# SPDX-License-Identifier: BSD-2-Clause
"""mmview: show what Pagewright's memory bring-up makes of a device tree. See options.py."""
import os
import signal
import sys

import actions
import options
import release
from errors import Unusable


def main(words):
    """Exit status: 0 all well, 1 findings or a stop, 2 bad usage or unreadable input."""
    try:
        status = actions.perform(options.parse(words, release.text()), sys.stdout)
        sys.stdout.flush()
        return status
    except Unusable as error:
        print(f"mmview: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
