//! `files-write`: what it stages, what the call then reads, and when it refuses.

use jaros_capability::{Change, Handles, Observer, Phase, Stage, Store};
use jaros_decision::{Failure, Limits};

use crate::harness::{LIMITS, Machine, live, refused, word};

const BOTH: &str = "files-read = { data = \"../shelf\" }\nfiles-write = { data = \"../shelf\" }";

/// One call of a component.
struct Call {
    observer: Observer,
    stage: Stage,
    limits: Limits,
}

impl Call {
    fn new() -> Self {
        Self { observer: live(Phase::Execute), stage: Stage::default(), limits: LIMITS() }
    }

    fn write(&mut self, handles: &Handles, path: &str, data: &[u8]) -> Result<(), Failure> {
        let Self { observer, stage, limits } = self;
        handles.files_write_write(observer, stage, limits, path, data.to_vec())
    }

    fn remove(&mut self, handles: &Handles, path: &str) -> Result<(), Failure> {
        let Self { observer, stage, limits } = self;
        handles.files_write_remove(observer, stage, limits, path)
    }

    fn read(&mut self, handles: &Handles, path: &str) -> String {
        let read = handles.files_read_read(&mut self.observer, &self.stage, &self.limits, path);
        word(&read, |data| String::from_utf8_lossy(data).into_owned())
    }

    fn list(&mut self, handles: &Handles, path: &str) -> String {
        let list = handles.files_read_entries(&mut self.observer, &self.stage, &self.limits, path);
        word(&list, |list| {
            list.iter()
                .map(|e| format!("{}:{}:{}", e.name, e.kind, e.size_bytes))
                .collect::<Vec<_>>()
                .join(" ")
        })
    }
}

#[test]
fn a_call_reads_its_own_writes_and_the_folder_stays_as_it_was() {
    let machine = Machine::new();
    machine.write("shelf/a", b"old");
    machine.write("shelf/b", b"stays");
    let handles = machine.handles(BOTH);
    let mut call = Call::new();
    call.write(&handles, "data/a", b"new").unwrap();
    call.write(&handles, "data/deep/er/c", b"made").unwrap();
    call.remove(&handles, "data/b").unwrap();
    assert_eq!(call.read(&handles, "data/a"), "new");
    assert_eq!(call.read(&handles, "data/deep/er/c"), "made");
    assert_eq!(call.read(&handles, "data/b"), "not-found");
    assert_eq!(call.list(&handles, "data"), "a:file:3 deep:dir:0");
    assert_eq!(call.list(&handles, "data/deep"), "er:dir:0");
    assert_eq!(call.list(&handles, "data/deep/er"), "c:file:4");
    let stat = handles.files_read_stat(&mut call.observer, &call.stage, "data/deep").unwrap();
    assert_eq!((stat.name.as_str(), stat.kind.as_str()), ("deep", "dir"));
    let range = |call: &mut Call, from, len| {
        handles
            .files_read_read_range(&mut call.observer, &call.stage, &call.limits, "data/a", from, len)
            .unwrap()
    };
    assert_eq!((range(&mut call, 1, 9), range(&mut call, 7, 1)), (b"ew".to_vec(), Vec::new()));
    assert_eq!(word(&call.remove(&handles, "data/b"), |()| String::new()), "not-found");
    call.write(&handles, "data/b", b"back").unwrap();
    assert_eq!(call.read(&handles, "data/b"), "back");

    assert_eq!(std::fs::read(machine.path("shelf/a")).unwrap(), b"old");
    let file = |path: &str, data: &[u8]| Change::File { path: path.into(), data: Some(data.into()) };
    let wanted = [file("data/a", b"new"), file("data/b", b"back"), file("data/deep/er/c", b"made")];
    assert_eq!(call.stage.into_changes(), wanted);
}

#[test]
fn a_replay_without_the_folder_sees_the_same() {
    let machine = Machine::new();
    machine.write("shelf/a", b"old");
    let grant = machine.tool(BOTH);
    let run = |handles: &Handles, call: &mut Call| {
        let mut said = vec![call.read(handles, "data/a")];
        call.write(handles, "data/a", b"new").unwrap();
        said.push(word(&call.write(handles, "data/a/b", b"under a file"), |()| String::new()));
        said.push(word(&call.remove(handles, "data/none"), |()| String::new()));
        said.extend([call.read(handles, "data/a"), call.list(handles, "data")]);
        said
    };
    let mut first = Call::new();
    let said = run(&grant.open(&crate::harness::everything()).unwrap(), &mut first);
    assert_eq!(said, ["old", "invalid", "not-found", "new", "a:file:3"]);
    let (record, _) = first.observer.finish();

    let world = jaros_capability::World::Recorded(record.clone().into());
    let observer = Observer::new(Phase::Execute, world, &LIMITS());
    let mut again = Call { observer, ..Call::new() };
    assert_eq!(run(&grant.recorded(&crate::harness::everything()), &mut again), said);
    assert_eq!(again.observer.finish(), (record, None));
    assert_eq!(again.stage.into_changes(), first.stage.into_changes());
}

#[test]
fn it_is_refused_without_a_grant_over_a_limit_and_where_something_is_in_the_way() {
    let machine = Machine::new();
    machine.write("shelf/dir/f", b"");
    machine.link("shelf/link", "dir");
    let bare = machine.handles("files-read = { data = \"../shelf\" }");
    refused(Call::new().write(&bare, "data/a", b""), "`files-write` isn't granted");
    refused(Call::new().remove(&bare, "data/a"), "`files-write` isn't granted");
    let handles = machine.handles(BOTH);
    let mut call = Call::new();
    call.limits = Limits { write_bytes: 4, staged_bytes: 30, ..LIMITS() };
    let table = [
        ("data/five", "12345", "limit"),
        ("data/dir", "", "invalid"),
        ("data", "", "invalid"),
        ("data/dir/f/g", "", "invalid"),
        ("data/link", "", "refused"),
        ("data/link/f", "", "refused"),
        ("data/../x", "", "invalid"),
        ("other/x", "", "refused"),
        ("data/four", "1234", ""),
        ("data/four/below", "", "invalid"),
        ("data/long-enough-for-all", "1234", "limit"),
    ];
    for (path, data, code) in table {
        assert_eq!(word(&call.write(&handles, path, data.as_bytes()), |()| String::new()), code, "{path}");
    }
    let (record, _) = call.observer.finish();
    let told = record.iter().filter(|observation| observation.answer.is_err()).count();
    assert!(told >= 10, "every refusal is on the record, not {told}");
}

#[test]
fn the_nodes_own_folders_and_other_file_systems_are_never_opened_to_write() {
    let machine = Machine::new();
    for folder in ["tenant/agents", "tenant/shared", "tenant/tenants/t/config", "tenant/tenants/t/out"] {
        std::fs::create_dir_all(machine.path(folder)).unwrap();
    }
    let opened = |data_dir: &str, folder: &str| {
        let text = format!("[tool.t]\nfiles-write = {{ out = \"{folder}\" }}");
        let grants = jaros_capability::Grants::parse(&text, &machine.path(data_dir)).unwrap();
        let opened = grants.for_tool(&crate::harness::name("t")).open(&crate::harness::everything());
        opened.err().map(|failure| failure.message).unwrap_or_default()
    };
    for folder in ["agents", "state", "state/keys", ".", "..", "tenants", "tenants/t", "/"] {
        let said = opened("tenant", folder);
        assert!(said.contains("belongs to the node itself"), "{folder}: {said:?}");
    }
    for folder in ["config", ".", "../../agents", "../..", "..", "../../state"] {
        let said = opened("tenant/tenants/t", folder);
        assert!(said.contains("belongs to the node itself"), "tenant {folder}: {said:?}");
    }
    assert_eq!(opened("tenant", "shared"), "");
    assert_eq!(opened("tenant/tenants/t", "out"), "");
    assert_eq!(opened("tenant", "../shelf"), "");
    assert!(opened("tenant", "/proc").contains("another file system"), "{}", opened("tenant", "/proc"));
}

#[test]
fn a_spot_is_reached_through_no_link_and_its_folders_are_made() {
    let machine = Machine::new();
    machine.link("shelf/link", "../outside");
    let writable = machine.tool(BOTH).writable().unwrap();
    let spot = writable.spot("data/a/b/c").unwrap();
    assert_eq!(spot.name(), "c");
    assert!(machine.path("shelf/a/b").is_dir());
    refused(writable.spot("data/link/c"), "links are never followed");
    assert_eq!(Store::default().len(), 0);
}
