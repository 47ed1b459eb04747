"""The host made of values, and the capabilities through it."""

import unittest

from jaros_guest import (
    Agent,
    Failure,
    HostError,
    Plan,
    Tool,
    block,
    fail,
    files,
    finish,
    host_facts,
    http,
    job,
    log,
    model,
    propose,
    store,
)
from jaros_guest.testing import Host


class Call(Tool):
    """Runs whatever function it is given."""

    run = None

    def execute(self, payload):
        return type(self).run(payload)


def call(host, function, payload=None):
    class One(Call):
        run = staticmethod(function)

    return host.execute(One, payload)


class CapabilitiesTest(unittest.TestCase):
    def test_files_are_read_where_a_folder_is_granted(self):
        host = Host(files={"data/a.txt": "héllo", "data/sub/b.bin": b"\xff"})
        self.assertEqual(call(host, lambda _: files.read_text("data/a.txt")), "héllo")
        self.assertEqual(call(host, lambda _: list(files.read_range("data/a.txt", 1, 2))), [0xC3, 0xA9])
        self.assertEqual(
            call(host, lambda _: files.stat("data/a.txt")), {"name": "a.txt", "kind": "file", "size_bytes": 6}
        )
        self.assertEqual(call(host, lambda _: [one.name for one in files.entries("data")]), ["a.txt", "sub"])
        for path, code in (("data/c", "not-found"), ("other/a", "refused"), ("data/sub/b.bin", "invalid")):
            with self.assertRaisesRegex(Failure, f"^{code}: "):
                call(host, lambda _: files.read_text(path))
        with self.assertRaisesRegex(Failure, "^refused: "):
            call(Host(), lambda _: files.read("data/a.txt").decode())

    def test_writes_are_staged(self):
        host = Host(files={"out/old": "1"}, writable=["out"], store={})

        def write(payload):
            files.write("out/a", "text")
            files.remove("out/old")
            store.put_json("n", [1])
            if payload == "no":
                raise Failure("changed my mind")
            return files.read_text("out/a")

        with self.assertRaises(Failure):
            call(host, write, "no")
        self.assertEqual((host.written, host.store, list(host.files)), ({}, {}, ["out/old"]))
        self.assertEqual(call(host, write), "text")
        self.assertEqual((host.written, host.removed, host.store), ({"out/a": b"text"}, ["out/old"], {"n": b"[1]"}))
        with self.assertRaisesRegex(Failure, "^refused: "):
            call(host, lambda _: files.write("data/a", b""))

    def test_the_store_is_an_ordered_map(self):
        host = Host(store={"b": "text", "a1": [1], "a2": b"\x00"})

        def use(_):
            store.put_text("a3", "x")
            store.delete("a2")
            return [
                store.keys("a"),
                store.keys("", "a1", 1),
                store.get_text("b"),
                store.get_json("a1"),
                store.get("none"),
                store.get_json("none", 7),
            ]

        self.assertEqual(call(host, use), [["a1", "a3"], ["a3"], "text", [1], None, 7])
        with self.assertRaisesRegex(Failure, "^refused: "):
            call(Host(), lambda _: store.get_text("a"))

    def test_facts_and_http_are_what_the_test_says(self):
        host = Host(
            system={"system": "Linux", "release": "6", "machine": "x86_64", "cpu_count": 2},
            http={
                "https://a.example/x": {"n": 1},
                "https://a.example/no": (404, "none"),
                "https://a.example/post": lambda request: request.body,
            },
        )
        self.assertEqual(call(host, lambda _: host_facts.system().cpu_count), 2)
        self.assertEqual(call(host, lambda _: http.get("https://a.example/x").json()), {"n": 1})
        self.assertEqual(
            call(host, lambda _: [http.get("https://a.example/no").ok, http.get("https://a.example/no").text]),
            [False, "none"],
        )
        self.assertEqual(call(host, lambda _: http.post("https://a.example/post", {"a": 1}).json()), {"a": 1})
        self.assertEqual(host.sent[-1].headers[0].value, "application/json")
        for use in (lambda _: http.get("https://b.example/").status, lambda _: host_facts.disk("data").free_bytes):
            with self.assertRaisesRegex(Failure, "^refused: "):
                call(host, use)

    def test_the_job_is_the_same_in_every_run(self):
        host = Host()
        drawn = call(host, lambda _: [job.id(), job.accepted_at_ms(), list(job.random(5) + job.random(40))])
        self.assertEqual(drawn[:2], ["test", 1_700_000_000_000])
        self.assertEqual(drawn, call(Host(), lambda _: [job.id(), job.accepted_at_ms(), list(job.random(45))]))
        with self.assertRaisesRegex(Failure, "^limit: "):
            call(host, lambda _: list(job.random(5000)))

    def test_what_is_for_the_other_role_says_so(self):
        with self.assertRaisesRegex(RuntimeError, "`model` is for agents only"):
            call(Host(), lambda _: model.ask("?"))
        with self.assertRaisesRegex(RuntimeError, "there is no host here"):
            job.id()

        class Writes(Agent):
            def start(self, turn):
                store.put("a", b"")

        with self.assertRaisesRegex(RuntimeError, "`store` is for tools only"):
            Host(store={}).run(Writes)

    def test_validate_reaches_the_job_and_the_log_alone(self):
        class Careful(Tool):
            def validate(self, payload):
                log.info(job.id())
                store.get("a")

        host = Host(store={})
        with self.assertRaisesRegex(Failure, "^refused: `store` can't be called in `validate`"):
            host.validate(Careful)
        self.assertEqual(host.logs, [("info", "test")])


def agent(*plans):
    class Scripted(Agent):
        def decide(self, turn):
            return plans[turn.number - 1](turn)

    return Scripted


class RunTest(unittest.TestCase):
    def test_how_a_job_ends(self):
        greet = {"greet": {"greeting": "Hello!"}}
        for plans, state, result, error in (
            ([lambda turn: finish({"a": 1})], "DONE", {"a": 1}, None),
            ([lambda turn: propose("greet", {})], "DONE", {"greeting": "Hello!"}, None),
            ([lambda turn: Plan()], "DONE", None, None),
            ([lambda turn: fail("no")], "FAILED", None, "failed: no"),
            ([lambda turn: propose("nope", {}).then("greet", {})], "FAILED", None, "not-found: "),
            ([lambda turn: block("ask")], "BLOCKED", None, None),
            ([lambda turn: Plan().memo(0)] * 32, "FAILED", None, "limit: "),
            (
                [lambda turn: propose("nope", {}).memo(0), lambda turn: finish(str(turn.answers[0].error.code))],
                "DONE",
                "not-found",
                None,
            ),
        ):
            run = Host(tools=greet).run(agent(*plans))
            self.assertEqual((run.state, run.result), (state, result))
            self.assertTrue(str(run.error).startswith(error) if error else run.error is None, run.error)

    def test_a_failure_of_the_agent_and_of_the_host_fail_the_job_in_their_words(self):
        def says_no(turn):
            raise Failure("I won't")

        def lets_through(turn):
            raise HostError("unavailable", "no key")

        self.assertEqual(str(Host().run(agent(says_no)).error), "failed: I won't")
        self.assertEqual(str(Host().run(agent(lets_through)).error), "failed: unavailable: no key")

    def test_a_bug_comes_out_of_the_test(self):
        with self.assertRaises(ZeroDivisionError):
            Host().run(agent(lambda turn: 1 // 0))

    def test_an_operator_lets_a_blocked_job_go_on(self):
        ask = agent(
            lambda turn: block("may I?").memo(0),
            lambda turn: finish([turn.answers[-1].kind, turn.answers[-1].result()]),
        )
        self.assertEqual(Host().run(ask, unblock=["yes"]).result, ["unblock", "yes"])

    def test_jobs_for_others_and_files(self):
        child = agent(lambda turn: finish(turn.input))
        both = agent(
            lambda turn: (
                Plan()
                .submit_and_wait("child", 1)
                .submit("echo", 2)
                .then("fs.write", {"path": "a", "data": "é"})
                .memo(0)
            ),
            lambda turn: finish([answer.result() for answer in turn.answers]),
        )
        host = Host(agents={"child": child, "echo": lambda input: input})
        run = host.run(both)
        self.assertEqual(run.result, [1, {"job": "test/1/2-child"}, {"bytes": 2, "path": "a"}])
        self.assertEqual(host.artifacts, {"a": "é"})
        self.assertEqual(Host().run(agent(lambda turn: Plan().submit("nobody"))).error.code, "not-found")


if __name__ == "__main__":
    unittest.main()
