//! What becomes of JSON texts: their canonical form, or one sentence.

use expect_test::{Expect, expect};
use jaros_decision::{Code, Json, JsonError, JsonLimits};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fn parse(text: &str) -> Result<Json, JsonError> {
    Json::parse(text, JsonLimits::default())
}

/// One line a text: the canonical form, or the code and the sentence.
fn table<T: AsRef<str>>(texts: &[T]) -> String {
    let line = |text: &T| match parse(text.as_ref()) {
        Ok(json) => format!("{json}\n"),
        Err(error) => format!("{}: {error}\n", error.code()),
    };
    texts.iter().map(line).collect()
}

fn check(texts: &[&str], expected: Expect) {
    expected.assert_eq(&table(texts));
}

#[test]
fn the_example_of_rfc_8785_3_2_2() {
    check(
        &[r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#],
        expect![[r#"
            {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}
        "#]],
    );
}

#[test]
fn members_are_sorted_by_utf_16_code_units() {
    // The example of RFC 8785 3.2.3: the emoji's surrogates sort before U+FB33, its code point after it.
    let json = parse(
        r#"{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}"#,
    )
    .unwrap();
    let order = [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ];
    let places: Vec<_> = order.iter().map(|name| json.as_str().find(name).unwrap()).collect();
    assert!(places.is_sorted(), "{json}");
}

#[test]
fn members_are_sorted_at_every_level() {
    check(
        &[
            r#"{"b":{"z":1,"y":[{"b":1,"a":2}]},"a":0,"":1}"#,
            r#"{"aa":1,"a":2,"A":3,"B":4,"10":5,"9":6}"#,
            r#" [ { } , [ ] , "" , { "a" : { } } ] "#,
        ],
        expect![[r#"
            {"":1,"a":0,"b":{"y":[{"a":2,"b":1}],"z":1}}
            {"10":5,"9":6,"A":3,"B":4,"a":2,"aa":1}
            [{},[],"",{"a":{}}]
        "#]],
    );
}

#[test]
fn numbers_of_rfc_8785_appendix_b() {
    let bits: [u64; 26] = [
        0x0000_0000_0000_0000,
        0x8000_0000_0000_0000,
        0x0000_0000_0000_0001,
        0x8000_0000_0000_0001,
        0x7fef_ffff_ffff_ffff,
        0xffef_ffff_ffff_ffff,
        0x4340_0000_0000_0000,
        0xc340_0000_0000_0000,
        0x4430_0000_0000_0000,
        0x7fff_ffff_ffff_ffff,
        0x7ff0_0000_0000_0000,
        0x44b5_2d02_c7e1_4af5,
        0x44b5_2d02_c7e1_4af6,
        0x44b5_2d02_c7e1_4af7,
        0x444b_1ae4_d6e2_ef4e,
        0x444b_1ae4_d6e2_ef4f,
        0x444b_1ae4_d6e2_ef50,
        0x3eb0_c6f7_a0b5_ed8c,
        0x3eb0_c6f7_a0b5_ed8d,
        0x41b3_de43_5555_5553,
        0x41b3_de43_5555_5554,
        0x41b3_de43_5555_5555,
        0x41b3_de43_5555_5556,
        0x41b3_de43_5555_5557,
        0xbecb_f647_612f_3696,
        0x4314_3ff3_c1cb_0959,
    ];
    let line = |bits: &u64| match Json::of(&f64::from_bits(*bits)) {
        Ok(json) => format!("{bits:016x} {json}\n"),
        Err(error) => format!("{bits:016x} {error}\n"),
    };
    expect![[r#"
        0000000000000000 0
        8000000000000000 0
        0000000000000001 5e-324
        8000000000000001 -5e-324
        7fefffffffffffff 1.7976931348623157e+308
        ffefffffffffffff -1.7976931348623157e+308
        4340000000000000 an integer is beyond ±(2^53−1); write it as a string
        c340000000000000 an integer is beyond ±(2^53−1); write it as a string
        4430000000000000 an integer is beyond ±(2^53−1); write it as a string
        7fffffffffffffff a number is not finite
        7ff0000000000000 a number is not finite
        44b52d02c7e14af5 9.999999999999997e+22
        44b52d02c7e14af6 1e+23
        44b52d02c7e14af7 1.0000000000000001e+23
        444b1ae4d6e2ef4e an integer is beyond ±(2^53−1); write it as a string
        444b1ae4d6e2ef4f an integer is beyond ±(2^53−1); write it as a string
        444b1ae4d6e2ef50 1e+21
        3eb0c6f7a0b5ed8c 9.999999999999997e-7
        3eb0c6f7a0b5ed8d 0.000001
        41b3de4355555553 333333333.3333332
        41b3de4355555554 333333333.33333325
        41b3de4355555555 333333333.3333333
        41b3de4355555556 333333333.3333334
        41b3de4355555557 333333333.33333343
        becbf647612f3696 -0.0000033333333333333333
        43143ff3c1cb0959 1424953923781206.2
    "#]]
    .assert_eq(&bits.iter().map(line).collect::<String>());
}

#[test]
fn numbers_in_texts() {
    check(
        &[
            "0",
            "-0",
            "-0.0",
            "0e5",
            "1.0",
            "1e0",
            "100e-2",
            "-1",
            "1e15",
            "123456789.5",
            "1e-6",
            "1e-7",
            "5e-324",
            "2e-324",
            "9007199254740991",
            "-9007199254740991",
            "9007199254740991.0",
            "9007199254740992",
            "-9007199254740992",
            "9007199254740993.0",
            "9007199254740991.5",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775809",
            "999999999999999900000",
            "1e21",
            "-1e21",
            "1000000000000000000000",
            "1.7976931348623157e308",
            "1e309",
            "1e999",
            "-1e999",
            "NaN",
            "Infinity",
            "+1",
            "01",
            ".5",
            "1.",
            "0x10",
            "1_000",
        ],
        expect![[r#"
            0
            0
            0
            0
            1
            1
            1
            -1
            1000000000000000
            123456789.5
            0.000001
            1e-7
            5e-324
            0
            9007199254740991
            -9007199254740991
            9007199254740991
            invalid: an integer is beyond ±(2^53−1) at line 1 column 16; write it as a string
            invalid: an integer is beyond ±(2^53−1) at line 1 column 17; write it as a string
            invalid: an integer is beyond ±(2^53−1) at line 1 column 18; write it as a string
            invalid: an integer is beyond ±(2^53−1) at line 1 column 18; write it as a string
            invalid: an integer is beyond ±(2^53−1) at line 1 column 20; write it as a string
            invalid: an integer is beyond ±(2^53−1) at line 1 column 20; write it as a string
            invalid: an integer is beyond ±(2^53−1) at line 1 column 20; write it as a string
            invalid: an integer is beyond ±(2^53−1) at line 1 column 21; write it as a string
            1e+21
            -1e+21
            1e+21
            1.7976931348623157e+308
            invalid: not JSON: number out of range at line 1 column 5
            invalid: not JSON: number out of range at line 1 column 5
            invalid: not JSON: number out of range at line 1 column 6
            invalid: not JSON: expected value at line 1 column 1
            invalid: not JSON: expected value at line 1 column 1
            invalid: not JSON: expected value at line 1 column 1
            invalid: not JSON: invalid number at line 1 column 2
            invalid: not JSON: expected value at line 1 column 1
            invalid: not JSON: EOF while parsing a value at line 1 column 2
            invalid: not JSON: trailing characters at line 1 column 2
            invalid: not JSON: trailing characters at line 1 column 2
        "#]],
    );
}

#[test]
fn strings_are_escaped_as_little_as_possible() {
    let every_control: String =
        (0..0x20_u8).map(char::from).chain(['\u{7f}', '"', '\\', '/', '\u{2028}']).collect();
    check(
        &[Json::string(&every_control).as_str(), r#""\u0041\u00e9\ud83d\ude00\/""#, "\"e\u{301}\""],
        expect![[r#"
            "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\/ "
            "Aé😀/"
            "é"
        "#]],
    );
    assert_eq!(Json::string(&every_control).to::<String>(), Ok(every_control));
}

#[test]
fn what_is_not_i_json_is_refused() {
    check(
        &[
            "",
            " ",
            "nul",
            "{",
            "[1,]",
            r#"{"a":1,}"#,
            r"{'a':1}",
            r#"{"a":1} {}"#,
            "// comment\n1",
            "\u{feff}{}",
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"\u0061":1}"#,
            "{\"x\":\n [{\"k\":1,\"j\":2,\"k\":3}]}",
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\ud800""#,
            r#""\ud83dx""#,
            r#"{"\ud800":1}"#,
            "\"a\nb\"",
            "\"\0\"",
            r#"{"$serde_json::private::RawValue":"{\"a\":1}"}"#,
            r#"{"a":{"$serde_json::private::Number":"1"}}"#,
        ],
        expect![[r#"
            invalid: not JSON: the text is empty
            invalid: not JSON: the text is empty
            invalid: not JSON: EOF while parsing a value at line 1 column 3
            invalid: not JSON: EOF while parsing an object at line 1 column 1
            invalid: not JSON: trailing comma at line 1 column 4
            invalid: not JSON: trailing comma at line 1 column 8
            invalid: not JSON: key must be a string at line 1 column 2
            invalid: not JSON: trailing characters at line 1 column 9
            invalid: not JSON: expected value at line 1 column 1
            invalid: the JSON text begins with a byte-order mark; save it as UTF-8 without one
            invalid: the member "a" is repeated at line 1 column 13
            invalid: the member "a" is repeated at line 1 column 24
            invalid: the member "k" is repeated at line 2 column 21
            invalid: not JSON: unexpected end of hex escape at line 1 column 8
            invalid: not JSON: lone leading surrogate in hex escape at line 1 column 7
            invalid: not JSON: lone leading surrogate in hex escape at line 1 column 13
            invalid: not JSON: unexpected end of hex escape at line 1 column 8
            invalid: not JSON: unexpected end of hex escape at line 1 column 9
            invalid: not JSON: control character (\u0000-\u001F) found while parsing a string at line 2 column 0
            invalid: not JSON: control character (\u0000-\u001F) found while parsing a string at line 1 column 2
            invalid: a member's name may not begin with `$serde_json::private::` at line 1 column 33
            invalid: a member's name may not begin with `$serde_json::private::` at line 1 column 36
        "#]],
    );
}

#[test]
fn a_long_repeated_name_is_shortened() {
    let name = "n".repeat(100_000);
    let error = parse(&format!(r#"{{"{name}":1,"{name}":1}}"#)).unwrap_err();
    assert!(error.to_string().len() < 200, "{error}");
}

#[test]
fn depth_is_checked_before_anything_overflows() {
    let arrays = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let objects = |depth: usize| r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth);
    assert!(parse(&arrays(64)).is_ok());
    assert!(parse(&objects(64)).is_ok());
    expect![[r#"
        limit: JSON is nested deeper than 64 levels at line 1 column 66
        limit: JSON is nested deeper than 64 levels at line 1 column 321
        limit: JSON is nested deeper than 64 levels at line 1 column 65
        limit: JSON is nested deeper than 64 levels at line 1 column 321
        limit: JSON is nested deeper than 64 levels at line 1 column 65
        limit: JSON is nested deeper than 64 levels at line 1 column 321
        limit: JSON is nested deeper than 64 levels at line 1 column 65
    "#]]
    .assert_eq(&table(&[
        arrays(65),
        objects(65),
        arrays(10_000),
        objects(10_000),
        arrays(100_000),
        objects(100_000),
        "[".repeat(100_000),
    ]));
    let deep = JsonLimits { depth: 1_000_000, ..JsonLimits::HOST };
    assert!(Json::parse(&arrays(126), deep).is_ok());
    assert_eq!(Json::parse(&arrays(127), deep).unwrap_err().code(), Code::LIMIT);
    let flat = JsonLimits { depth: 0, ..JsonLimits::HOST };
    assert!(Json::parse("1", flat).is_ok());
    assert_eq!(Json::parse("[]", flat).unwrap_err().code(), Code::LIMIT);
}

#[test]
fn a_deep_rust_value_is_refused_too() {
    let mut value = json!(1);
    for _ in 0..=JsonLimits::DEPTH_MAX {
        value = json!([value]);
    }
    assert_eq!(Json::from_value(&value).unwrap_err().code(), Code::LIMIT);
    assert_eq!(Json::from_value(&value[0]).unwrap().to_value(), value[0]);
}

#[test]
fn bytes_are_counted_before_and_after() {
    let limits = JsonLimits { bytes: 8, depth: 64 };
    assert!(Json::parse("[1,2,34]", limits).is_ok());
    assert_eq!(Json::parse("[1,2, 34]", limits), Err(JsonError::Bytes { limit: 8 }));
    // Short as it came, long as it would stand on the record.
    assert_eq!(Json::parse("1e15", limits), Err(JsonError::Bytes { limit: 8 }));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Envelope {
    payload: Json,
    kind: String,
    memo: Option<Json>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Tagged {
    Call {
        arguments: Json,
        #[serde(flatten)]
        rest: std::collections::BTreeMap<String, Json>,
    },
}

#[test]
fn a_json_inside_a_value_is_json_not_a_string() {
    let payload = parse(r#"{"b":[1e21,0.5],"a":"x"}"#).unwrap();
    let envelope = Envelope { payload, kind: "text.count".into(), memo: Some(Json::null()) };
    let text = serde_json::to_string(&envelope).unwrap();
    expect![[r#"{"payload":{"a":"x","b":[1e+21,0.5]},"kind":"text.count","memo":null}"#]].assert_eq(&text);
    let canonical = Json::of(&envelope).unwrap();
    expect![[r#"{"kind":"text.count","memo":null,"payload":{"a":"x","b":[1e+21,0.5]}}"#]]
        .assert_eq(canonical.as_str());
    let value = serde_json::to_value(&envelope).unwrap();
    assert_eq!(Json::from_value(&value).unwrap(), canonical);

    let without_memo = Envelope { memo: None, ..envelope };
    assert_eq!(serde_json::from_str::<Envelope>(&text).unwrap(), without_memo);
    assert_eq!(serde_json::from_value::<Envelope>(value).unwrap(), without_memo);
    assert_eq!(canonical.to::<Envelope>().unwrap(), without_memo);
}

#[test]
fn a_json_is_read_out_of_tagged_and_flattened_types() {
    let tagged: Tagged =
        serde_json::from_str(r#"{"arguments":{"b":2,"a":1.0},"type":"Call","z":[ 1 ]}"#).unwrap();
    let Tagged::Call { arguments, rest } = &tagged;
    assert_eq!(arguments.as_str(), r#"{"a":1,"b":2}"#);
    assert_eq!(rest["z"].as_str(), "[1]");
    expect![[r#"{"arguments":{"a":1,"b":2},"type":"Call","z":[1]}"#]]
        .assert_eq(Json::of(&tagged).unwrap().as_str());
}

#[test]
fn a_json_inside_a_text_is_checked_as_well() {
    let read = |text: &str| serde_json::from_str::<Envelope>(text).unwrap_err().to_string();
    expect![[r#"
        the member "a" is repeated at line 1 column 34
        an integer is beyond ±(2^53−1); write it as a string at line 1 column 37
        recursion limit exceeded at line 1 column 148"#]]
    .assert_eq(
        &[
            read(r#"{"kind":"","payload":{"a":1,"a":2}}"#),
            read(r#"{"kind":"","payload":9007199254740993}"#),
            read(&format!(r#"{{"kind":"","payload":{}}}"#, "[".repeat(100_000))),
        ]
        .join("\n"),
    );
}

#[test]
fn rust_values_have_the_json_that_serde_json_gives_them() {
    #[derive(Serialize)]
    enum Shape {
        Unit,
        New(u8),
        Tuple(u8, u8),
        Struct { b: u8, a: Option<char> },
    }
    #[derive(Serialize)]
    struct New(f32);
    #[derive(Serialize)]
    struct All {
        shapes: Vec<Shape>,
        by_number: std::collections::BTreeMap<i32, ()>,
        tuple: (bool, &'static str, New),
        bytes: u128,
        wide: i128,
    }
    let all = All {
        shapes: vec![Shape::Unit, Shape::New(1), Shape::Tuple(1, 2), Shape::Struct { b: 1, a: Some('"') }],
        by_number: [(-1, ()), (10, ()), (9, ())].into(),
        tuple: (true, "é", New(0.5)),
        bytes: 7,
        wide: -7,
    };
    let json = Json::of(&all).unwrap();
    assert_eq!(json.to_value(), serde_json::to_value(&all).unwrap());
    assert_eq!(parse(json.as_str()), Ok(json));
}

#[test]
fn rust_values_without_json_are_refused() {
    let line = |result: Result<Json, JsonError>| format!("{}\n", result.unwrap_err());
    expect![[r#"
        a number is not finite
        a number is not finite
        an integer is beyond ±(2^53−1); write it as a string
        an integer is beyond ±(2^53−1); write it as a string
        an integer is beyond ±(2^53−1); write it as a string
        a map's key is neither a text nor a number
    "#]]
    .assert_eq(
        &[
            line(Json::of(&f64::NAN)),
            line(Json::of(&[f32::INFINITY])),
            line(Json::of(&u64::MAX)),
            line(Json::of(&i64::MIN)),
            line(Json::of(&(1_u64 << 53))),
            line(Json::of(&std::collections::BTreeMap::from([((1, 2), 3)]))),
        ]
        .concat(),
    );
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_a_fixed_point(value in any_json()) {
            if let Ok(json) = Json::from_value(&value) {
                prop_assert_eq!(&parse(json.as_str()).unwrap(), &json);
                prop_assert_eq!(&Json::from_value(&json.to_value()).unwrap(), &json);
                prop_assert_eq!(&serde_json::from_str::<Json>(json.as_str()).unwrap(), &json);
                let pretty = serde_json::to_string_pretty(&value).unwrap();
                prop_assert_eq!(&parse(&pretty).unwrap(), &json);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in r#"[\[\]{}:,"\\a0-9eE+.\-u$ ]{0,60}"#) {
            if let Ok(json) = parse(&text) {
                prop_assert_eq!(&parse(json.as_str()).unwrap(), &json);
            }
        }

        #[test]
        fn floats_come_back_bit_for_bit(bits in any::<u64>()) {
            let float = f64::from_bits(bits);
            if let Ok(json) = Json::of(&float) {
                prop_assert_eq!(json.to::<f64>().unwrap().to_bits(), if float == 0.0 { 0 } else { bits });
            }
        }
    }
}
