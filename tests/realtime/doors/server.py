"""One server process of the doors' application: `python -m tests.realtime.doors.server --port 0`.

Prints its port when it accepts connections; ends on SIGTERM.
"""

import argparse
import importlib


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    importlib.import_module("tests.realtime.doors.application")  # sets Django up, before anything of the engine
    from realtime.servers.serving import listen, serve_here

    with listen("127.0.0.1", options.port, shared=False) as bound:
        port = bound.getsockname()[1]
        serve_here(
            "tests.realtime.doors.application:application",
            bound,
            access_log=False,
            started=lambda: print(port, flush=True),
        )


if __name__ == "__main__":
    main()
