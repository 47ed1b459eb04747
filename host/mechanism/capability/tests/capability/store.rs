//! `store`: what a call sees of its entries, and when it refuses.

use jaros_capability::{Change, Handles, Phase, Stage, Store};
use jaros_decision::{Failure, Limits};

use crate::harness::{LIMITS, Machine, live, refused, word};

fn put(
    handles: &Handles,
    stage: &mut Stage,
    limits: &Limits,
    key: &str,
    value: &[u8],
) -> Result<(), Failure> {
    handles.store_put(&mut live(Phase::Execute), stage, limits, key, value.to_vec())
}

#[test]
fn a_call_sees_what_was_there_and_its_own_changes() {
    let handles = Machine::new().handles("store = true");
    let mut before = Store::default();
    before.set("a", Some(b"1"));
    before.set("b", Some(b"2"));
    let (mut observer, mut stage, limits) = (live(Phase::Execute), Stage::over(before.clone()), LIMITS());
    put(&handles, &mut stage, &limits, "c", b"3").unwrap();
    put(&handles, &mut stage, &limits, "a", b"\xff").unwrap();
    handles.store_delete(&mut observer, &mut stage, &limits, "b").unwrap();
    let get = |key: &str| handles.store_get(&mut live(Phase::Execute), &stage, &limits, key).unwrap();
    assert_eq!((get("a"), get("b"), get("c")), (Some(vec![0xff]), None, Some(b"3".to_vec())));
    let keys = handles.store_keys(&mut observer, &stage, &limits, "", "a", 9).unwrap();
    assert_eq!(keys, ["c"]);
    assert_eq!(observer.finish(), (Vec::new(), None), "the node's own state is no observation");
    let entry =
        |key: &str, value: Option<&[u8]>| Change::Entry { key: key.into(), value: value.map(Into::into) };
    let wanted = [entry("a", Some(b"\xff")), entry("b", None), entry("c", Some(b"3"))];
    assert_eq!(stage.into_changes(), wanted);
    assert_eq!(before.len(), 2, "what the call was given stays as it was");
}

#[test]
fn it_is_refused_without_a_grant_and_over_a_limit() {
    let bare = Machine::new().handles("");
    refused(put(&bare, &mut Stage::default(), &LIMITS(), "a", b""), "`store` isn't granted");
    let handles = Machine::new().handles("store = true");
    let limits = Limits {
        store_bytes: 200,
        store_key_bytes: 4,
        store_value_bytes: 40,
        store_keys: 3,
        staged_bytes: 110,
        ..LIMITS()
    };
    let mut stage = Stage::default();
    let mut observer = live(Phase::Execute);
    let table: [(&str, usize, &str); 7] = [
        ("abcde", 1, "limit"),
        ("a", 41, "limit"),
        ("a", 40, ""),
        ("b", 30, ""),
        ("c", 0, "limit"),
        ("b", 0, ""),
        ("a", 37, "limit"),
    ];
    for (n, (key, len, code)) in table.into_iter().enumerate() {
        let put = handles.store_put(&mut observer, &mut stage, &limits, key, vec![0; len]);
        assert_eq!(word(&put, |()| String::new()), code, "row {n}: {put:?}");
    }
    let listed = handles.store_keys(&mut observer, &stage, &limits, "", "", 4);
    assert_eq!(word(&listed, |_| String::new()), "limit");
    let (record, _) = observer.finish();
    assert_eq!(record.len(), 5, "every refusal is on the record");
    assert_eq!(record[0].call, "store.put");
}
