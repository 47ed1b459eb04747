//! Every provider answers as its settings say, and bad settings are refused with what to do.

use jaros_decision::{Completion, Json, Message, Model, Request};
use jaros_model::{OUT_OF_ANSWERS, Script, Settings};

fn request(text: &str) -> Request {
    Request {
        model: String::new(),
        messages: vec![Message {
            role: "user".into(),
            content: text.into(),
            parts: Json::trusted("[]".into()),
        }],
        tools: Json::trusted("[]".into()),
        params: Json::trusted("{}".into()),
    }
}

async fn ask(settings: &str, base: &std::path::Path, text: &str) -> Result<String, String> {
    let model =
        Settings::parse(settings).and_then(|settings| settings.open(base)).map_err(|e| e.to_string())?;
    model.complete(request(text)).await.map(|answer| answer.text).map_err(|failure| failure.code.to_string())
}

#[tokio::test]
async fn providers_answer_as_their_settings_say() {
    let dir = tempfile::tempdir().unwrap();
    let script =
        r#"{"answers":[{"when":"red","text":"stop"},{"when":"bad","error":{"code":"limit","message":"m"}}]}"#;
    std::fs::write(dir.path().join("s.json"), script).unwrap();
    let scripted = r#"{"provider":"script","options":{"file":"s.json"}}"#;
    for (settings, text, want) in [
        ("", "Hi", Ok("Hi")),
        ("{}", "Hi", Ok("Hi")),
        (r#"{"provider":"uppercase"}"#, "Grüß", Ok("GRÜSS")),
        (scripted, "a red light", Ok("stop")),
        (scripted, "bad", Err("limit")),
        (scripted, "green", Err("unavailable")),
        (r#"{"provider":"script"}"#, "", Err("the script provider needs a file")),
        (r#"{"provider":"gpt"}"#, "", Err("there is no model provider \"gpt\"")),
        (r#"{"providr":"gpt"}"#, "", Err("config/llm.json: unknown field `providr`")),
        (
            r#"{"provider":"script","options":{"file":"none.json"}}"#,
            "",
            Err("the model's script none.json can't be read"),
        ),
    ] {
        let got = ask(settings, dir.path(), text).await;
        match (got, want) {
            (Ok(got), Ok(want)) => assert_eq!(got, want),
            (Err(got), Err(want)) => assert!(got.starts_with(want), "{got}"),
            (got, want) => panic!("{settings}: {got:?} instead of {want:?}"),
        }
    }
}

#[test]
fn the_environment_overrides_the_file() {
    let settings = Settings::default().overridden(Some("uppercase".into()), Some(String::new()));
    assert_eq!((settings.provider.as_str(), settings.options.model), ("uppercase", None));
    let fixed = Settings::parse(r#"{"options":{"fixed":true}}"#).unwrap();
    assert_eq!(fixed.clone().overridden(Some("uppercase".into()), Some("m".into())), fixed);
}

/// Asks a script, one text after the other.
async fn told(script: &str, texts: &[&str]) -> Vec<Result<Completion, String>> {
    let script = Script::parse(script).unwrap_or_else(|error| panic!("{script}: {error}"));
    let mut answers = Vec::new();
    for text in texts {
        answers.push(script.complete(request(text)).await.map_err(|failure| failure.code.to_string()));
    }
    answers
}

#[tokio::test]
async fn in_order_each_plain_answer_is_given_once() {
    let script = r#"{"answers":["one",{"when":"red","text":"stop"},{"text":"two"}],"in_order":true}"#;
    let texts = |answers: Vec<Result<Completion, String>>| -> Vec<String> {
        answers.into_iter().map(|answer| answer.map_or_else(|code| code, |answer| answer.text)).collect()
    };
    let asked = ["a", "red", "b", "red", "c"];
    assert_eq!(texts(told(script, &asked).await), ["one", "stop", "two", "stop", OUT_OF_ANSWERS]);
    let free = script.replace("true", "false");
    assert_eq!(texts(told(&free, &asked).await), ["one"; 5], "without, the first that fits is always given");
}

#[tokio::test]
async fn calls_are_parts_with_ids_of_their_own() {
    let script = Script::parse(
        r#"{"answers":[{"text":"I look","calls":[{"name":"a","arguments":{"x":1}},{"id":"mine","name":"b"}]}]}"#,
    )
    .unwrap();
    let first = script.complete(request("hi")).await.unwrap();
    assert_eq!((first.text.as_str(), first.finish.as_str()), ("I look", "call"));
    assert_eq!(
        first.parts.as_str(),
        r#"[{"arguments":{"x":1},"id":"call-1","name":"a","type":"call"},{"arguments":{},"id":"mine","name":"b","type":"call"}]"#
    );
    let mut again = request("hi");
    again.messages[0].parts = first.parts;
    let second = script.complete(again).await.unwrap();
    assert!(second.parts.as_str().contains(r#""id":"call-3""#), "{}", second.parts);
}

#[tokio::test]
async fn what_is_structured_is_the_text_too() {
    let answers = told(r#"{"answers":[{"structured":{"b":1,"a":2}}]}"#, &["x"]).await;
    let answer = answers[0].as_ref().unwrap();
    let json = r#"{"a":2,"b":1}"#;
    assert_eq!(
        (answer.text.as_str(), answer.structured.as_str(), answer.finish.as_str()),
        (json, json, "stop")
    );
}

#[test]
fn a_script_with_a_slip_is_refused() {
    for (script, want) in [
        (r#"{"answers":[{"txt":"a"}]}"#, "unknown field `txt`"),
        (r#"{"answers":[1]}"#, "expected a text, or an object"),
        (r#"{"answers":[{"calls":[{"arguments":{}}]}]}"#, "missing field `name`"),
        (r#"{"answers":[],"inorder":true}"#, "unknown field `inorder`"),
    ] {
        let error = Script::parse(script).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(want), "{script}: {error}");
    }
}

#[tokio::test]
async fn a_script_hears_what_came_of_a_call() {
    let script = Script::parse(r#"{"answers":[{"when":"\"words\":2","text":"two words"}]}"#).unwrap();
    let mut told = request("");
    let result = r#"[{"content":"{\"words\":2}","id":"call-1","type":"result"}]"#;
    told.messages[0] =
        Message { role: "tool".into(), content: String::new(), parts: Json::trusted(result.into()) };
    assert_eq!(script.complete(told).await.unwrap().text, "two words");
    assert!(script.complete(request("words: 2")).await.is_err());
}
