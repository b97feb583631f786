"""What counts as an answer of a role; run by scripts/test."""

import collections
import json
import tempfile
import unittest

import check_api_report


def faults(role, statuses, needed="operator", name="POST /memory", **more):
    operation = {"x-jamey-role": needed, **more}
    return list(check_api_report.judged(name, operation, role, collections.Counter(statuses)))


class JudgementTest(unittest.TestCase):
    def test_a_role_that_is_high_enough_is_never_refused_and_gets_something_done(self):
        self.assertEqual(faults("operator", [201, 400]), [])
        self.assertEqual(faults("admin", [201]), [])
        self.assertTrue(faults("operator", [201, 403]))
        self.assertTrue(faults("operator", [400, 415]))

    def test_a_role_that_is_too_low_is_refused_and_gets_nothing_done(self):
        self.assertEqual(faults("viewer", [403, 400]), [])
        self.assertEqual(faults("none", [401]), [])
        self.assertTrue(faults("viewer", [403, 201]))
        self.assertTrue(faults("viewer", [400]))

    def test_nothing_of_a_name_is_an_answer_too_but_no_list_is_missing(self):
        self.assertEqual(faults("viewer", [404], "viewer", "GET /memory/{id}"), [])
        self.assertTrue(faults("viewer", [404], "viewer", "GET /memory"))

    def test_a_route_that_was_not_asked_or_was_held_back_shows(self):
        self.assertTrue(faults("admin", []))
        self.assertTrue(faults("admin", [201, 429]))
        self.assertEqual(faults("viewer", [200, 429], "viewer", "GET /events"), [])
        self.assertTrue(faults("viewer", [429], "viewer", "GET /events"))

    def test_the_lower_role_of_a_dry_run_may_do_something(self):
        more = {"x-jamey-role-dry-run": "viewer"}
        self.assertEqual(faults("viewer", [200, 403], name="POST /evaluate", **more), [])
        self.assertTrue(faults("none", [200, 401], name="POST /evaluate", **more))


class ReportTest(unittest.TestCase):
    def test_answers_to_the_method_of_the_route_are_counted_and_probes_are_not(self):
        def answer(method, status):
            return {"request": {"method": method}, "response": {"status_code": status}}
        recorder = {
            "label": "GET /status",
            "cases": {"a": {}, "b": {}, "c": {"parent_id": "a"}, "d": {}},
            "interactions": {
                "a": answer("GET", 200), "b": answer("PATCH", 405), "c": answer("GET", 401),
                "d": {"request": {"method": "GET"}, "response": None},
            },
        }
        lines = [
            {"Initialize": {}}, {"ScenarioFinished": {"recorder": recorder}},
            {"ScenarioFinished": {"recorder": {"label": "GET /status"}}},
        ]
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
            file.write("\n".join(map(json.dumps, lines)))
            file.flush()
            answers = check_api_report.counted(file.name)
        self.assertEqual(answers, {"GET /status": {200: 1}})


if __name__ == "__main__":
    unittest.main()
