"""The arithmetic of scripts/bench; run by scripts/test."""

import subprocess
import types
import unittest
import unittest.mock

import peer
import peers
import predicate
import profiler
import table
from processes import BenchError


class TableTest(unittest.TestCase):
    def test_a_figure_is_judged_on_the_side_where_better_is(self):
        for figure, better, verdict in (
            (0.9, "less", "met"), (1.0, "less", "met"), (1.1, "less", "MISSED"),
            (0.9, "more", "MISSED"), (1.0, "more", "met"),
        ):
            told = table.row("", "", figure, 1.0, better)
            self.assertEqual(table.judgement(told)[1], verdict, (figure, better))

    def test_a_row_without_target_is_not_judged(self):
        self.assertEqual(table.judgement(table.row("", "", 5)), ["", ""])

    def test_columns_stand_below_each_other(self):
        lines = table.lines({"a": table.row("1 ns", "", 1), "longer": table.row("22 ns", "", 22, 3)})
        self.assertEqual(lines[0].index("figure") + 6, lines[1].index("1.00") + 4)
        self.assertEqual(lines[1].index("1.00") + 4, lines[2].index("22.00") + 5)


class FiguresTest(unittest.TestCase):
    @staticmethod
    def round(call, every):
        cases = dict.fromkeys(predicate.CALLS, every)
        return {**cases, **dict.fromkeys(predicate.CALLS.values(), call), "from-text": 9 * every}

    def test_the_call_is_taken_off_within_its_own_round(self):
        # A busy machine makes the second round slow as a whole.
        told = predicate.figures([self.round(5, 15), self.round(100, 160), self.round(5, 16)])
        self.assertEqual(told["all"], {"raw": 16, "net": 11})
        self.assertEqual(told["call"], 5)
        self.assertEqual(told["from-text"], 144)

    def test_the_fastest_peer_is_the_one_with_the_lowest_net_figure_above_nothing(self):
        told = {
            "slow": {"all": {"net": 9}, "repeated": {"net": 8}},
            "fast": {"all": {"net": -1}, "repeated": {"net": 7}},
        }
        self.assertEqual(predicate.best(told, ("all", "repeated")), (7, "fast"))
        self.assertIsNone(predicate.best({}, ("all",)))

    def test_without_peers_our_figures_remain(self):
        ours = types.SimpleNamespace(evaluator="tree")
        rows = predicate.own_rows(ours, [dict.fromkeys(predicate.OURS, 50.0)], {})
        self.assertEqual([each["figure"] for each in rows.values()], [50, 50, 50, 50])
        lines = predicate.peer_lines({}, {}, {"cel-python": "no network"})
        self.assertEqual(lines, ["cel-python: peer not at hand: no network"])


class PeerTest(unittest.TestCase):
    def test_a_wrong_answer_ends_it(self):
        self.assertGreater(peer.measured("all", lambda: True, 10), 0)
        self.assertGreater(peer.measured("first-false", lambda: False, 10), 0)
        with self.assertRaises(ValueError):
            peer.measured("first-false", lambda: True, 10)
        answers = iter([True] * 9 + [False])
        with self.assertRaises(ValueError):
            peer.measured("all", lambda: next(answers), 10)

    def test_the_turns_within_a_call_share_its_time(self):
        with unittest.mock.patch.object(peer, "timed", lambda ask, count: (count * 700, count)):
            self.assertEqual(peer.measured("all", None, 10), 700)
            self.assertEqual(peer.measured("repeated", None, 10), 700 / peer.TURNS)

    def test_why_a_peer_is_not_at_hand_is_a_line(self):
        failed = subprocess.CalledProcessError(1, "pip", stderr="first\nERROR: none found\n")
        self.assertEqual(peers.reason(failed), "ERROR: none found")
        silent = subprocess.CalledProcessError(1, "pip", stderr="", output="")
        self.assertIn("pip", peers.reason(silent))


class ProfilerTest(unittest.TestCase):
    FILE = """events: Ir
fn=(1) main
16 400
cfn=(2) swift_retain
calls=3 0
16 12
cfn=(3) $s4Core4scan
calls=9 0
16 90
fn=(3)
cfn=(2)
calls=4 0
1 2
cfn=(4) swift_bridgeObjectRelease
calls=1 0
1 2
totals: 520
"""

    def test_instructions_and_countings_are_read_from_callgrind(self):
        told = profiler.read(self.FILE.splitlines())
        self.assertEqual(told, {"instructions": 520, "countings": 8})

    def test_a_file_without_totals_is_none(self):
        with self.assertRaises(BenchError):
            profiler.read(["events: Ir"])


if __name__ == "__main__":
    unittest.main()
