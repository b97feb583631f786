"""The rows of the printed table, and how they are told."""

import statistics


def row(measured, baseline, figure, target=None, better="less", runs=None):
    """A row without a target is told and not judged."""
    return {
        "measured": measured, "baseline": baseline, "figure": figure, "target": target,
        "better": better, "runs": runs or [],
    }


def median(values):
    return statistics.median(values)


def lines(rows):
    """The table, a line a row below its heading."""
    cells = [["what", "measured", "baseline", "figure", "target", ""]]
    for name, told in rows.items():
        cells.append(
            [name, told["measured"], told["baseline"], f"{told['figure']:.2f}", *judgement(told)])
    return aligned(cells)


def judgement(told):
    """The target as it is printed, and whether it is met."""
    if told["target"] is None:
        return ["", ""]
    is_less = told["better"] == "less"
    is_met = told["figure"] <= told["target"] if is_less else told["figure"] >= told["target"]
    return [f"{'≤' if is_less else '≥'} {told['target']}", "met" if is_met else "MISSED"]


def aligned(cells):
    """Rows of texts as lines: the first column to the left, the others to the right."""
    widths = [max(len(text) for text in column) for column in zip(*cells)]
    return [
        "  ".join(
            text.ljust(width) if index == 0 else text.rjust(width)
            for index, (text, width) in enumerate(zip(line, widths))
        ).rstrip()
        for line in cells
    ]
