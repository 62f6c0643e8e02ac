"""One server process of the doors' application: `python -m tests.realtime.doors.server --port 0`.

Prints its port when it accepts connections; ends on SIGTERM.
"""

import argparse

from realtime.servers.serving import listen, serve_here
from tests.realtime.doors.application import application  # noqa: F401  # sets Django up


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--shared", action="store_true", help="share the port with other processes")
    options = parser.parse_args()
    with listen("127.0.0.1", options.port, shared=options.shared) as bound:
        port = bound.getsockname()[1]
        serve_here(
            "tests.realtime.doors.application:application",
            bound,
            access_log=False,
            started=lambda: print(port, flush=True),
        )


if __name__ == "__main__":
    main()
