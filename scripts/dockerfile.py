"""Read a Dockerfile: its stages, and in each the instructions in order. As much of the format as ours uses."""

import json
import re
import shlex
from dataclasses import dataclass, field
from typing import Final

_INSTRUCTION: Final = re.compile(r"([A-Z]+)\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its name in capitals and the rest, with continued lines joined."""

    name: str
    value: str

    def words(self) -> list[str]:
        """Return the value as words: a JSON array (the exec form), or as a shell splits it."""
        if self.value.startswith("["):
            return [str(word) for word in json.loads(self.value)]
        return shlex.split(self.value)


@dataclass(frozen=True, slots=True)
class Stage:
    """A FROM and what follows it; `name` is what comes after AS, or empty."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def last(self, name: str) -> Instruction:
        """Return the last instruction of that name: the one that counts; `LookupError` where there is none."""
        for instruction in reversed(self.instructions):
            if instruction.name == name:
                return instruction
        raise LookupError(f"no {name}")


def stages(text: str) -> list[Stage]:
    """Return the stages of the Dockerfile `text`; `ValueError` where a line is no instruction."""
    found: list[Stage] = []
    for line in _logical_lines(text):
        match = _INSTRUCTION.fullmatch(line)
        if match is None:
            raise ValueError(f"no instruction: {line}")
        name, value = match[1], match[2]
        if name == "FROM":
            base, _, stage = value.partition(" AS ")
            found.append(Stage(base, stage))
        elif found:
            found[-1].instructions.append(Instruction(name, value))
        elif name != "ARG":
            raise ValueError(f"only ARG may stand before FROM: {line}")
    return found


def _logical_lines(text: str) -> list[str]:
    kept = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [line.strip() for line in "\n".join(kept).replace("\\\n", " ").splitlines()]
