//! Tables of histories and the step that each must lead to.

use super::*;

fn proposal(kind: &str, payload: &str) -> Proposal {
    Proposal { kind: kind.into(), payload: payload.into(), note: String::new() }
}

fn plan(kinds: &[&str], memo: Option<&str>) -> Plan {
    Plan {
        decisions: kinds.iter().map(|kind| proposal(kind, r#"{"note":"said why"}"#)).collect(),
        memo: memo.map(Json::string),
    }
}

fn answered(text: &str) -> Verdict {
    Verdict::Answered { result: Json::string(text), is_jobs: false, moved_to: None }
}

fn moved(to: State) -> Verdict {
    Verdict::Answered { result: Json::null(), is_jobs: false, moved_to: Some(to) }
}

fn no(code: Code) -> Failure {
    Failure::new(code, "no")
}

fn job() -> Progress {
    Progress::new(JobId::new("j").unwrap(), Json::null(), 3)
}

fn child() -> JobId {
    JobId::new("c").unwrap()
}

/// Runs one turn and says what comes next, in a short word.
fn after(progress: &mut Progress, plan: Plan, verdicts: Vec<Verdict>) -> String {
    progress.reasoned(Ok(plan));
    for verdict in verdicts {
        assert!(matches!(progress.next(), Step::Judge(..)), "{:?}", progress.next());
        progress.judged(verdict);
    }
    word(&progress.next())
}

fn word(step: &Step) -> String {
    match step {
        Step::Reason(turn) => {
            format!("turn {} {} with {} answers", turn.number, turn.memo, turn.answers.len())
        }
        Step::Judge(id, proposal) => format!("judge {id} {}", proposal.kind),
        Step::Wait(children) => format!("wait {children:?}"),
        Step::Park => "park".into(),
        Step::Over => "over".into(),
        Step::End(Ending { state, outcome, decision }) => {
            let decision = decision.as_ref().map_or("-".into(), ToString::to_string);
            match outcome {
                Ok(result) => format!("{state} {result} {decision}"),
                Err(failure) => format!("{state} {}: {} {decision}", failure.code, failure.message),
            }
        }
    }
}

#[test]
fn a_list_without_memo_ends_the_job() {
    let check = |kinds: &[&str], verdicts: Vec<Verdict>, want: &str| {
        assert_eq!(after(&mut job(), plan(kinds, None), verdicts), want);
    };
    check(&[], vec![], "DONE null -");
    check(&["a"], vec![answered("x")], r#"DONE "x" j/1/1"#);
    check(&["a", "b"], vec![answered("x")], "judge j/1/2 b");
    check(&["a", "b"], vec![answered("x"), answered("y")], r#"DONE "y" j/1/2"#);
    check(&["a", "b"], vec![Verdict::Refused(no(Code::REFUSED))], "FAILED refused: no j/1/1");
    check(&["a", "b"], vec![answered("x"), Verdict::Failed(no(Code::TRAP))], "FAILED trap: no j/1/2");
    check(&["advance"], vec![moved(State::Done)], "DONE null j/1/1");
    check(&["advance"], vec![moved(State::Failed)], "FAILED failed: said why j/1/1");
    check(&["advance"], vec![moved(State::Blocked)], "park");
    check(&["advance", "a"], vec![moved(State::Done)], "judge j/1/2 a");
    let own = Verdict::Answered { result: Json::string("own"), is_jobs: true, moved_to: Some(State::Done) };
    check(&["advance", "a"], vec![own, answered("x")], r#"DONE "own" j/1/1"#);
}

#[test]
fn a_memo_asks_for_another_turn_also_after_a_failure() {
    let mut progress = job();
    assert_eq!(word(&progress.next()), "turn 1 null with 0 answers");
    let refused = vec![answered("x"), Verdict::Refused(no(Code::INVALID))];
    assert_eq!(
        after(&mut progress, plan(&["a", "b", "c"], Some("m")), refused),
        r#"turn 2 "m" with 2 answers"#
    );
    assert_eq!(after(&mut progress, plan(&[], Some("n")), vec![]), r#"turn 3 "n" with 0 answers"#);
    let last = after(&mut progress, plan(&[], Some("n")), vec![]);
    assert_eq!(last, "FAILED limit: the job used all of its 3 turns (limits.turns) -");
    let mut progress = job();
    assert_eq!(
        after(&mut progress, plan(&["advance"], Some("m")), vec![moved(State::Done)]),
        "DONE null j/1/1"
    );
}

#[test]
fn a_child_that_is_waited_for_holds_back_the_turn_and_not_the_list() {
    for early in [false, true] {
        for (outcome, with_memo, without) in [
            (Ok(Json::string("r")), r#"turn 2 "m" with 2 answers"#, r#"DONE "x" j/1/2"#),
            (Err(no(Code::FAILED)), r#"turn 2 "m" with 2 answers"#, "FAILED failed: no j/1/1"),
        ] {
            for (memo, want) in [(Some("m"), with_memo), (None, without)] {
                let mut progress = job();
                progress.reasoned(Ok(plan(&["submit", "a"], memo)));
                progress.judged(Verdict::Waiting(child()));
                if early {
                    progress.child_ended(&child(), outcome.clone());
                }
                assert_eq!(word(&progress.next()), "judge j/1/2 a");
                progress.judged(answered("x"));
                if !early {
                    assert_eq!(word(&progress.next()), "wait [c]");
                    progress.child_ended(&child(), outcome.clone());
                }
                assert_eq!(word(&progress.next()), want);
            }
        }
    }
}

#[test]
fn an_operator_unblocks_with_a_word_for_the_agent() {
    let mut progress = job();
    assert_eq!(after(&mut progress, plan(&["advance"], Some("m")), vec![moved(State::Blocked)]), "park");
    progress.unblock(Some(Json::string("go"))).unwrap();
    let Step::Reason(turn) = progress.next() else { panic!("{:?}", progress.next()) };
    assert_eq!(
        (turn.answers[1].kind.as_str(), &turn.answers[1].outcome),
        ("unblock", &Ok(Json::string("go")))
    );

    let mut progress = job();
    after(&mut progress, plan(&["advance"], None), vec![moved(State::Blocked)]);
    progress.unblock(Some(Json::string("go"))).unwrap();
    assert_eq!(word(&progress.next()), r#"DONE "go" j/1/2"#);
    assert_eq!(progress.unblock(None).unwrap_err().code, Code::INVALID);
}

#[test]
fn a_job_that_is_stopped_or_whose_agent_fails_ends_at_once() {
    let mut progress = job();
    progress.reasoned(Err(no(Code::TRAP)));
    assert_eq!(word(&progress.next()), "FAILED trap: no -");
    let mut progress = job();
    after(&mut progress, plan(&["advance"], None), vec![moved(State::Blocked)]);
    progress.stop(no(Code::CANCELLED));
    let Step::End(ending) = progress.next() else { panic!() };
    assert_eq!(ending.state, State::Failed);
    progress.end(ending);
    assert_eq!(word(&progress.next()), "over");
}
