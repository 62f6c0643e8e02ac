"""The commands that the documents show, as a reader would copy them."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.commands import ROOT

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_REMARK = re.compile(r"\s+#\s.*$")
_SHELL = ("sh", "bash", "shell", "console")
_GIVEN = r"(?:[A-Z_]+=\S* )*"
_PROGRAM = (
    r"(?:\.venv/bin/|\./)?(?:[\w-]+\.(?:py|sh)|make|pip|python3?|npm|node|curl|uvicorn|daphne|pytest|kill|redis-cli)"
)
_COMMAND = re.compile(rf"{_GIVEN}(?:{_PROGRAM} \S.*|\./\S+)")
_AT_THE_ROOT = re.compile(r"make |\.venv/|curl ")
# What was, or what a machine wrote.
_PASSED_OVER = ("CHANGELOG.md", "benchmarks/results/")


@dataclass(frozen=True)
class Shown:
    """A command as a document shows it; `before`: what the lines above it in its block have exported."""

    document: str
    text: str
    before: str = ""

    @property
    def folder(self) -> Path:
        """Where it is meant, from the root on: beside the document where that says how its own folder is used."""
        beside = self.document.startswith(("examples/", "frontend/")) and not _AT_THE_ROOT.match(self.text)
        return Path(self.document).parent if beside else Path()


def commands_of(document: str, text: str) -> list[Shown]:
    """Returns the commands of a Markdown text: the lines of shell blocks, and inline code that is one."""
    text = _COMMENT.sub("", text)
    shown = []
    for language, block in _BLOCK.findall(text):
        if language not in _SHELL:
            continue
        before = ""
        for line in block.replace("\\\n", "").splitlines():
            command = _REMARK.sub("", line).strip()
            if command.startswith("export "):
                before += f"{command}; "
            elif command and not command.startswith("#"):
                shown.append(Shown(document, command, before))
    inline = (code.replace("\\|", "|") for code in _INLINE.findall(_BLOCK.sub("", text)))
    return shown + [Shown(document, code) for code in inline if _COMMAND.fullmatch(code)]


def all_commands() -> list[Shown]:
    """Returns what all documents show, each command once, by the document that shows it first."""
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: dict[tuple[str, str], Shown] = {}
    for document in listed.split():
        if document.startswith(_PASSED_OVER):
            continue
        for shown in commands_of(document, (ROOT / document).read_text()):
            found.setdefault((str(shown.folder), shown.text), shown)
    return list(found.values())
