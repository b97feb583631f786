"""The manual page of the configuration, for scripts/manuals: its comments are the text."""

import re

from mdoc import ManualError, argument, escape, inline, items, paragraph

KEY = re.compile(r"^(?P<indent> *)(?P<key>[a-z_-]+):(?: (?P<value>.*?))?(?:\s+# (?P<note>.*))?$")
# A key that is only shown has one word, one quoted text or one list for its value; a sentence with
# a colon has more.
EXAMPLE = re.compile(r'^(\S+|"[^"]*"|\{.*\}|\[.*\])?$')


class Entry:
    """A key, with the text above it and behind it."""

    def __init__(self, path, value, text, is_default):
        self.path = path
        self.value = value
        self.text = text
        self.is_default = is_default
        self.examples = []

    def item(self):
        shown = ".".join(self.path)
        examples = self.examples
        if self.value and self.is_default:
            shown += f": {self.value}"
        elif self.value:
            examples = [f"{self.path[-1]}: {self.value}", *examples]
        lines = paragraph(self.text, inline) if self.text else []
        return "Ic " + argument(shown), lines + [".Dl " + escape(each) for each in examples]


def configuration(text, see_also):
    """The page behind its head.
    Each section has its keys by their paths; the value is the default, or one that could be."""
    introduction, sections = read(text)
    lines = [
        ".Sh NAME", ".Nm jamey.yaml", ".Nd configuration of the MQTT edge agent",
        ".Sh SYNOPSIS", ".Pa /etc/jamey/jamey.yaml",
        ".Sh DESCRIPTION", *blocks(introduction)]
    for name, about, entries in sections:
        lines.append(f".Ss {escape(name)}")
        lines += paragraph(about, inline) if about else []
        lines += items([entry.item() for entry in entries])
    return lines + [
        ".Sh FILES", *items([("Pa /etc/jamey/jamey.yaml", paragraph("The file itself."))]),
        *see_also]


def blocks(text):
    lines = []
    for block in text.split("\n\n"):
        lines += [".Pp"] * bool(lines) + paragraph(block, inline)
    return lines


def read(text):
    """The comment above everything, and of every key of the first level its name, its text, and the
    keys in it, or itself."""
    above, sections, path = [], [], []
    introduction = None
    for number, line in enumerate(text.splitlines(), 1):
        bare = re.sub(r"^( *)# ?", r"\1", line)
        is_comment = bare != line
        if not line.strip() or bare == "":
            if introduction is None and not line.strip():
                introduction, above = "\n".join(above), []
            elif introduction is None:
                above.append("")
            continue
        found = KEY.match(bare)
        is_key = found and (not is_comment or bool(
            EXAMPLE.match(found["value"] or "")
            and (found["value"] or len(bare) - len(bare.lstrip()) > 0)))
        if is_comment and bare.lstrip().startswith("- "):
            add_example(sections, bare, number)
        elif not is_key:
            if not is_comment:
                raise ManualError(f"jamey.yaml:{number}: neither a key nor a comment: {line}")
            above.append(bare.strip())
        else:
            level = len(found["indent"]) // 2
            path = path[:level] + [found["key"]]
            said = " ".join([*above, sentence(found["note"])]).strip()
            above = []
            add(sections, Entry(path, found["value"], said, not is_comment))
    return introduction or "", sections


def add(sections, entry):
    if len(entry.path) == 1:
        has_more = entry.value is None
        sections.append((entry.path[0], entry.text if has_more else "", []))
        if has_more:
            return
    sections[-1][2].append(entry)


def add_example(sections, bare, number):
    """One of a list, below the key that it belongs to."""
    if not sections or not sections[-1][2]:
        raise ManualError(f"jamey.yaml:{number}: belongs to no key")
    example, _, note = bare.strip().partition(" # ")
    entry = sections[-1][2][-1]
    entry.examples.append(example.strip())
    entry.text = f"{entry.text} {sentence(note)}".strip()


def sentence(note):
    """What stands behind a key, begun and ended; not where it begins with the name of another."""
    if not note:
        return ""
    is_name = note.split()[0].endswith(":")
    return (note if is_name else note[0].upper() + note[1:]) + "."
