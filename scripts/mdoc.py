"""Text as mdoc(7), for scripts/manuals: a sentence begins a line, and no text is a macro."""

import re
import textwrap

COLUMNS = 78
# What has a meaning of its own, and quotes that would be others on paper.
SPECIAL = {"\\": "\\e", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}


class ManualError(Exception):
    """A text from which no page can be made, and why."""


def escape(text):
    """Text that is no macro, whatever is in it."""
    escaped = "".join(
        SPECIAL.get(each) or (each if each.isascii() else f"\\[u{ord(each):04X}]")
        for each in text.replace("\N{MINUS SIGN}", "-").replace("…", "..."))
    # Quotes around what is typed; those within words are apostrophes.
    escaped = re.sub(r"(?<!\w)'|'(?!\w)", r"\\(aq", escaped)
    # Options and numbers below zero are typed with this sign; words keep their hyphens.
    return re.sub(r"(?<![\w-])-(?=[\w-])|(?<=-)-(?=\w)", r"\\-", escaped)


def argument(text):
    """One argument of a macro."""
    escaped = escape(text).replace('"', "\\(dq")
    # A word of two letters may be the name of a macro, and a mark alone is punctuation.
    if re.fullmatch(r"[A-Z][a-z]|\W", text):
        escaped = "\\&" + escaped
    return f'"{escaped}"' if " " in escaped or not escaped else escaped


def sentences(text):
    return re.split(r"(?<=[.!?]) +(?=[A-Z\"'(`*{-])", " ".join(text.split()))


def inline(text):
    """Markdown within a line: code and what is strong in bold, links as their text."""
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text.replace("\\|", "|"))
    parts = re.split(r"(`[^`]+`|\*\*[^*]+\*\*)", text)
    return "".join(
        f"\\fB{escape(part.strip('*').replace('`', ''))}\\fR"
        if part.startswith(("`", "**")) else escape(part) for part in parts)


def paragraph(text, form=escape):
    """The lines of a paragraph: a sentence begins a line, and none is too long."""
    lines = []
    for sentence in sentences(text):
        lines += textwrap.wrap(
            form(sentence), COLUMNS, break_long_words=False, break_on_hyphens=False)
    return ["\\&" + line if line[0] == "." else line for line in lines]


def literal(lines):
    """As it stands, indented."""
    shown = [escape(line) for line in lines]
    return [
        ".Bd -literal -offset indent",
        *("\\&" + line if line[:1] == "." else line for line in shown), ".Ed"]


def items(entries):
    """Tags, each a line of macros, with the lines below them."""
    if not entries:
        return []
    lines = [".Bl -tag -width Ds"]
    for tag, below in entries:
        lines += [".It " + tag, *below]
    return [*lines, ".El"]


class Markdown:
    """Markdown as the house writes it: headings, paragraphs, lists, tables of tags, and code."""

    def __init__(self, text):
        self.lines = text.splitlines()
        self.place = 0

    def take(self, wanted):
        """The lines from here on for which this holds."""
        start = self.place
        while self.place < len(self.lines) and wanted(self.lines[self.place]):
            self.place += 1
        return self.lines[start:self.place]

    def mdoc(self):
        lines = []
        while self.place < len(self.lines):
            line = self.lines[self.place]
            if not line:
                self.place += 1
                if lines and not lines[-1].startswith((".Sh", ".Ss")):
                    lines.append(".Pp")
            elif line.startswith("#"):
                self.place += 1
                self.end_paragraph(lines)
                level, title = line.split(" ", 1)
                lines.append(f".Sh {escape(title.upper())}" if level == "##"
                             else f".Ss {escape(title)}")
            elif line.startswith("```"):
                self.place += 1
                self.end_paragraph(lines)
                lines += literal(self.take(lambda other: not other.startswith("```")))
                self.place += 1
            elif line.startswith("|"):
                self.end_paragraph(lines)
                lines += self.table(self.take(lambda other: other.startswith("|")))
            elif line.startswith("- "):
                self.end_paragraph(lines)
                lines += self.list(self.take(lambda other: other.startswith(("- ", "  "))))
            else:
                text = self.take(lambda other: other and not other.startswith(("#", "|", "```")))
                lines += paragraph(" ".join(text), inline)
        self.end_paragraph(lines)
        return lines

    @staticmethod
    def end_paragraph(lines):
        """No empty line before what has one of its own."""
        if lines and lines[-1] == ".Pp":
            lines.pop()

    @staticmethod
    def list(lines):
        entries = []
        for line in lines:
            if line.startswith("- "):
                entries.append("")
            entries[-1] += " " + line[2:]
        listed = [".Bl -bullet"]
        for entry in entries:
            listed += [".It", *paragraph(entry, inline)]
        return [*listed, ".El"]

    @staticmethod
    def table(lines):
        """The first cell as the tag, the one that says most as its text, others behind the tag."""
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
        rows = rows[2:]
        most = max(range(1, len(rows[0])), key=lambda place: sum(len(row[place]) for row in rows))
        entries = []
        for row in rows:
            others = ", ".join(filter(None, row[1:most] + row[most + 1:]))
            # One argument, in which nothing is a macro.
            tag = inline(row[0] + (f" ({others})" if others else "")).replace('"', "\\(dq")
            entries.append((f'No "{tag}"', paragraph(row[most], inline) if row[most] else []))
        return items(entries)
