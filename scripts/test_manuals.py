"""What scripts/manuals reads from the programs' own texts; run by scripts/test."""

import importlib.machinery
import importlib.util
import pathlib
import re
import unittest

PROJECT = pathlib.Path(__file__).resolve().parent.parent
LOADER = importlib.machinery.SourceFileLoader("manuals", str(PROJECT / "scripts" / "manuals"))
manuals = importlib.util.module_from_spec(importlib.util.spec_from_loader("manuals", LOADER))
LOADER.exec_module(manuals)


def codes(text):
    return manuals.exit_codes({"commandName": "x", "discussion": text})


class ExitCodesTest(unittest.TestCase):
    def test_each_code_has_its_meaning(self):
        self.assertEqual(
            codes("It works. Exit codes: 0 done, 65 the files are wrong, of 3 kinds; 75 no agent "
                  "runs; the others as in jameyctl --help."),
            {"0": "done", "65": "the files are wrong, of 3 kinds", "75": "no agent runs"})

    def test_the_code_of_a_signal_is_one_of_them_and_the_last(self):
        found = codes("Exit codes: 0 done; 77 no permission; 128 + N ended by signal N. When it")
        self.assertEqual(found["128 + N"], "ended by signal N")
        said = "\n".join(manuals.exit_status(found))
        self.assertLess(said.index(".It 77"), said.index(".It 128 + N"))
        self.assertIn("Ended by signal N.", said)

    def test_two_codes_with_one_meaning_are_refused(self):
        with self.assertRaisesRegex(manuals.ManualError, "69 or 75"):
            codes("Exit codes: 65 the files are wrong, 69 or 75 no agent runs; the others as in x.")

    def test_no_command_says_two_codes_at_once(self):
        for path in sorted((PROJECT / "Sources").glob("jamey*/**/*.swift")):
            text = re.sub(r"\\\n\s*", "", path.read_text(encoding="utf-8"))
            for said in re.findall(r"xit codes: \d[^\"]*", text):
                self.assertIsNone(manuals.TWO_CODES.search(said), f"{path}: {said}")


if __name__ == "__main__":
    unittest.main()
