//! What passes for a name, an id, a source.

use std::str::FromStr;

use expect_test::{Expect, expect};
use jaros_decision::{Code, DecisionId, Digest, JobId, Name, Ref, Source};

fn check<T: FromStr<Err = impl ToString> + ToString>(texts: &[&str], expected: Expect) {
    let line = |text: &&str| {
        let shown: String = text.escape_debug().take(40).collect();
        match text.parse::<T>() {
            Ok(value) if value.to_string() == **text => format!("{shown:<42} good\n"),
            Ok(value) => format!("{shown:<42} CHANGED to {}\n", value.to_string()),
            Err(error) => format!("{shown:<42} {}\n", error.to_string()),
        }
    };
    expected.assert_eq(&texts.iter().map(line).collect::<String>());
}

#[test]
fn names() {
    let (longest, too_long) = ("n".repeat(128), "n".repeat(129));
    check::<Name>(
        &[
            "a",
            "Z",
            "0",
            "text.count",
            "fs.write",
            "a_b-c.d",
            "CON",
            &longest,
            &too_long,
            "",
            ".",
            "..",
            "a..b",
            ".hidden",
            "_a",
            "-rf",
            "a.",
            "a/b",
            "a\\b",
            "../a",
            "/a",
            "a:b",
            "a b",
            " a",
            "a\n",
            "a\0",
            "a\u{1b}[31m",
            "é",
            "\u{430}",
            "ａ",
            "a\u{200b}",
            "a\u{301}",
            "a*",
            "%2e",
            "~",
            "@a",
        ],
        expect![[r#"
            a                                          good
            Z                                          good
            0                                          good
            text.count                                 good
            fs.write                                   good
            a_b-c.d                                    good
            CON                                        good
            nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn   good
            nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn   a name has 1 to 128 characters
                                                       a name has 1 to 128 characters
            .                                          a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            ..                                         a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a..b                                       a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            .hidden                                    a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            _a                                         a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            -rf                                        a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a.                                         a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a/b                                        a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a\\b                                       a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            ../a                                       a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            /a                                         a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a:b                                        a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a b                                        a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
             a                                         a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a\n                                        a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a\0                                        a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a\u{1b}[31m                                a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            é                                          a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            а                                          a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            ａ                                          a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a\u{200b}                                  a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            á                                         a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            a*                                         a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            %2e                                        a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            ~                                          a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            @a                                         a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
        "#]],
    );
}

#[test]
fn job_ids() {
    let (longest, too_long) = ("j".repeat(128), "j".repeat(129));
    check::<JobId>(
        &[
            "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
            "job_1",
            &longest,
            &too_long,
            "",
            "a.json",
            "a.b",
            "..",
            "-a",
            "_a",
            "a/1",
            "a\0",
            "j\u{43e}b",
        ],
        expect![[r#"
            0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b       good
            job_1                                      good
            jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj   good
            jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj   a name has 1 to 128 characters
                                                       a name has 1 to 128 characters
            a.json                                     a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
            a.b                                        a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
            ..                                         a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
            -a                                         a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
            _a                                         a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
            a/1                                        a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
            a\0                                        a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
            jоb                                        a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
        "#]],
    );
}

#[test]
fn decision_ids() {
    check::<DecisionId>(
        &[
            "j/1/1",
            "j/4294967295/2",
            "j/4294967296/1",
            "j/0/1",
            "j/1/0",
            "j/-1/1",
            "j/+1/1",
            "j/01/1",
            "j/1/01",
            "j/1",
            "j/1/1/1",
            "/1/1",
            "j//1",
            "../1/1",
            "j/1/ 1",
            "",
        ],
        expect![[r#"
            j/1/1                                      good
            j/4294967295/2                             good
            j/4294967296/1                             a decision id is JOB/TURN/N, with TURN and N from 1
            j/0/1                                      a decision id is JOB/TURN/N, with TURN and N from 1
            j/1/0                                      a decision id is JOB/TURN/N, with TURN and N from 1
            j/-1/1                                     a decision id is JOB/TURN/N, with TURN and N from 1
            j/+1/1                                     a decision id is JOB/TURN/N, with TURN and N from 1
            j/01/1                                     a decision id is JOB/TURN/N, with TURN and N from 1
            j/1/01                                     a decision id is JOB/TURN/N, with TURN and N from 1
            j/1                                        a decision id is JOB/TURN/N, with TURN and N from 1
            j/1/1/1                                    a decision id is JOB/TURN/N, with TURN and N from 1
            /1/1                                       a name has 1 to 128 characters
            j//1                                       a decision id is JOB/TURN/N, with TURN and N from 1
            ../1/1                                     a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit
            j/1/ 1                                     a decision id is JOB/TURN/N, with TURN and N from 1
                                                       a decision id is JOB/TURN/N, with TURN and N from 1
        "#]],
    );
}

#[test]
fn sources() {
    check::<Source>(
        &[
            "agent:greeter",
            "operator:ada",
            "schedule:nightly",
            "external:inbox",
            "Agent:greeter",
            "guest:a",
            "agent:",
            "agent",
            ":a",
            "agent:a:b",
            "agent: a",
            "agent:../a",
            "operator:agent:a",
            "",
        ],
        expect![[r#"
            agent:greeter                              good
            operator:ada                               good
            schedule:nightly                           good
            external:inbox                             good
            Agent:greeter                              a source is agent:NAME, operator:NAME, schedule:ID or external:NAME
            guest:a                                    a source is agent:NAME, operator:NAME, schedule:ID or external:NAME
            agent:                                     a name has 1 to 128 characters
            agent                                      a source is agent:NAME, operator:NAME, schedule:ID or external:NAME
            :a                                         a source is agent:NAME, operator:NAME, schedule:ID or external:NAME
            agent:a:b                                  a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            agent: a                                   a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            agent:../a                                 a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
            operator:agent:a                           a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, and no dot ends it or follows another
                                                       a source is agent:NAME, operator:NAME, schedule:ID or external:NAME
        "#]],
    );
}

#[test]
fn digests_and_references() {
    let hex = "0123456789abcdef".repeat(4);
    check::<Digest>(
        &[&hex, &hex.to_uppercase(), &hex[1..], &format!("{hex}0"), &"é".repeat(32), ""],
        expect![[r#"
            0123456789abcdef0123456789abcdef01234567   good
            0123456789ABCDEF0123456789ABCDEF01234567   a digest has 64 lower-case hex digits
            123456789abcdef0123456789abcdef012345678   a digest has 64 lower-case hex digits
            0123456789abcdef0123456789abcdef01234567   a digest has 64 lower-case hex digits
            éééééééééééééééééééééééééééééééé           a digest has 64 lower-case hex digits
                                                       a digest has 64 lower-case hex digits
        "#]],
    );
    check::<Ref>(
        &[&format!("@{hex}"), &hex, &format!("@@{hex}"), "@"],
        expect![[r#"
        @0123456789abcdef0123456789abcdef0123456   good
        0123456789abcdef0123456789abcdef01234567   a digest has 64 lower-case hex digits
        @@0123456789abcdef0123456789abcdef012345   a digest has 64 lower-case hex digits
        @                                          a digest has 64 lower-case hex digits
    "#]],
    );
}

#[test]
fn known_digests() {
    expect!["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"]
        .assert_eq(&Digest::of(b"abc").to_hex());
    assert_eq!(Digest::of_parts(&[b"a", b"", b"bc"]), Digest::of(b"abc"));
    assert_eq!(Ref::of(b"a", b"bc"), Ref(Digest::of(b"abc")));
}

#[test]
fn a_code_from_outside_is_a_plain_word_or_failed() {
    let longest = "c".repeat(64);
    let shown: Vec<_> =
        ["limit", "no-such-thing", "e404", &longest, "", "Limit", "a b", "a\nb", "é", &"c".repeat(65)]
            .into_iter()
            .map(|text| (text == Code::from_text(text).as_str(), Code::from_text(text) == Code::FAILED))
            .collect();
    let (kept, failed) = ((true, false), (false, true));
    assert_eq!(shown, [kept, kept, kept, kept, failed, failed, failed, failed, failed, failed]);
}

#[test]
fn names_and_ids_are_checked_when_read_from_json() {
    assert!(serde_json::from_str::<Name>(r#""a/b""#).is_err());
    assert!(serde_json::from_str::<JobId>(r#""a.b""#).is_err());
    assert!(serde_json::from_str::<DecisionId>(r#""j/1/0""#).is_err());
    assert!(serde_json::from_str::<Source>(r#""a""#).is_err());
    assert_eq!(serde_json::from_str::<Name>(r#""a\u002eb""#).unwrap().as_str(), "a.b");
}
