"""When a browser comes back: our delays and those of `socket.io-client`, and what ours takes to write."""

import json
import re
import subprocess

from benchmarks.choices.tables import table
from benchmarks.servers import ROOT

_OURS = ROOT / "frontend" / "src" / "realtime" / "connection.ts"
_THEIRS = ROOT / "frontend" / "node_modules" / "socket.io-client" / "build" / "esm" / "contrib" / "backo2.js"
DRAWS = 2000
ATTEMPTS = 8
_FUNCTION = re.compile(r"^(?:export )?function (\w+)|^  (?:private |async )*(\w+)\(.*\{$", re.MULTILINE)
_COMING_BACK = {"backoff", "mayReconnect", "endedInOrder", "attempt", "lost", "sleep", "wake", "drop", "becomeReady"}

# As near to ours as its options come: the first delay differs by half a second at most.
_SCRIPT = """
import {{ Backoff }} from "file://{path}";
const most = [];
for (let draw = 0; draw < {draws}; draw++) {{
  const backoff = new Backoff({{ min: 1000, max: 30000, jitter: 0.25 }});
  for (let attempt = 0; attempt < {attempts}; attempt++) {{
    const ms = backoff.duration();
    const seen = (most[attempt] ??= [ms, ms]);
    most[attempt] = [Math.min(seen[0], ms), Math.max(seen[1], ms)];
  }}
}}
console.log(JSON.stringify(most));
"""


def _code(text: str) -> list[str]:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith("//")]


def lines_of_coming_back(text: str) -> int:
    """Returns how many lines of code the functions have that decide whether and when to come back."""
    count, inside = 0, False
    for line in _code(text):
        if found := _FUNCTION.match(line):
            inside = (found[1] or found[2]) in _COMING_BACK
        count += inside
        if line.rstrip() in ("}", "  }"):
            inside = False
    return count


def _theirs() -> list[tuple[int, int]]:
    script = _SCRIPT.format(path=_THEIRS, draws=DRAWS, attempts=ATTEMPTS)
    command = ["node", "--input-type=module", "--eval", script]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [(low, high) for low, high in json.loads(said)]


def _ours(text: str) -> list[tuple[int, int]]:
    [found] = re.findall(r"BACKOFF = \{ first: (\d+), cap: ([\d_]+), jitter: (\d+)", text)
    first, cap, jitter = (int(number.replace("_", "")) for number in found)
    delays = [min(cap, first * 2**attempt) for attempt in range(ATTEMPTS)]
    return [(delay, delay + jitter) for delay in delays]


def measure() -> list[str]:
    """Returns the range of each delay."""
    text = _OURS.read_text()
    rows = [
        (attempt + 1, f"{ours[0] / 1000:g} to {ours[1] / 1000:g}", f"{theirs[0] / 1000:.1f} to {theirs[1] / 1000:.1f}")
        for attempt, (ours, theirs) in enumerate(zip(_ours(text), _theirs(), strict=True))
    ]
    shown = table(("attempt", "seconds before it, ours (chosen)", "`socket.io-client`, randomised by a quarter"), rows)
    lines = lines_of_coming_back(text)
    return [*shown, "", f"Lines of code that decide when to come back: {lines} of {len(_code(text))}."]
