//! Plans as they stand on the record.

use jaros_decision::{Json, Plan};

#[test]
fn a_memo_of_null_is_not_no_memo() {
    for (text, memo) in [
        (r#"{"decisions":[]}"#, None),
        (r#"{"decisions":[],"memo":null}"#, Some(Json::null())),
        (r#"{"decisions":[],"memo":"x"}"#, Some(Json::string("x"))),
    ] {
        let plan: Plan = serde_json::from_str(text).unwrap();
        assert_eq!(plan.memo, memo, "{text}");
        assert_eq!(Json::of(&plan).unwrap().as_str(), text);
    }
}
