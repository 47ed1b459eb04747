//! Every provider answers as its settings say, and bad settings are refused with what to do.

use jaros_decision::{Json, Message, Request};
use jaros_model::Settings;

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
}
