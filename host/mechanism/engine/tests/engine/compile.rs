//! Compiling in a child: what comes back, what it may cost, and what a child can't do to its parent.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jaros_decision::{Failure, Limits};
use jaros_engine::{Compiler, Engine, EngineError, LoadError, Settings, ToolComponent};
use serde_json::json;
use tempfile::TempDir;

use crate::guests::{Agent, Circumstances, Tool, bombs, digest, json, settings};

/// The child that `jaros` is to itself.
const COMPILER: &str = env!("CARGO_BIN_EXE_jaros-test-compiler");

fn child() -> Compiler {
    Compiler::Program { path: COMPILER.into(), args: Vec::new() }
}

/// A shell as the compiler. `$0` is the order, `$compiler` the real one.
fn script(text: &str) -> Compiler {
    let text = format!("compiler={COMPILER}\n{text}");
    Compiler::Program { path: "/bin/sh".into(), args: vec!["-c".into(), text.into()] }
}

/// A folder for compiled code and for what scripts leave.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn engine(&self, compiler: Compiler, limits: Limits) -> Engine {
        let compiled_dir = Some(self.path("compiled"));
        Engine::new(&Settings { compiler, compiled_dir, limits, ..settings() }).unwrap()
    }

    /// The files of this kind among the compiled code.
    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let files = fs::read_dir(self.path("compiled")).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
    }
}

/// One second of processor time, whatever the size.
fn second() -> Limits {
    Limits { compile_ms: 1_000, compile_mib_ms: 0, ..Limits::default() }
}

fn load(engine: &Engine, bytes: &[u8]) -> Result<ToolComponent, LoadError> {
    engine.compile_tool(bytes, digest(bytes))
}

#[track_caller]
fn refused(engine: &Engine, bytes: &[u8]) -> Failure {
    match load(engine, bytes).map(drop) {
        Err(LoadError::Refused(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn lost(engine: &Engine, bytes: &[u8]) -> String {
    match load(engine, bytes).map(drop) {
        Err(LoadError::Engine(EngineError::Machine(why))) => why,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn works(engine: &Engine) {
    let tool = load(engine, &Tool::default().bytes()).unwrap();
    let called = tool.execute(Circumstances::default().call(), &json("5")).unwrap();
    assert_eq!(called.result.unwrap().as_str(), "5");
}

/// Waits for what has to come.
#[track_caller]
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether this process is over, reaped or not.
fn is_over(pid: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    state.map_or(true, |stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')))
}

#[test]
fn a_child_makes_the_code_that_this_process_would() {
    let rust =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm/built/tools/text.count.wasm");
    let (tool, agent) = (fs::read(rust).unwrap(), Agent::default().bytes());
    let code = |compiler| {
        let place = Place::new();
        let engine = place.engine(compiler, Limits::default());
        works(&engine);
        load(&engine, &tool).unwrap();
        engine.compile_agent(&agent, digest(&agent)).unwrap();
        let mut files: Vec<_> = place.files("cwasm").iter().map(|path| fs::read(path).unwrap()).collect();
        files.sort();
        files
    };
    let (here, there) = (code(Compiler::InProcess), code(child()));
    assert_eq!(here.len(), 3);
    assert!(here == there, "other code");
}

#[test]
fn a_child_compiles_without_a_folder_too() {
    let engine = Engine::new(&Settings { compiler: child(), ..settings() }).unwrap();
    works(&engine);
    works(&engine);
}

#[test]
fn what_is_not_valid_is_refused_in_the_same_words() {
    let broken = |core: &str| wat::parse_str(format!("(component (core module {core}))")).unwrap();
    let rows = [
        broken("(func (result i32))"),
        broken("(memory 1 1 shared)"),
        Tool { core: "(memory 1)".repeat(11), ..Tool::default() }.bytes(),
        b"\0asm\x0d\0\x01\0\x01\x7f".to_vec(),
    ];
    for bytes in rows {
        let ways = [Compiler::InProcess, child()].map(|compiler| {
            let place = Place::new();
            let failure = refused(&place.engine(compiler, Limits::default()), &bytes);
            assert_eq!(place.files("refused").len(), 0, "cheap to find again");
            failure
        });
        assert_eq!(ways[0], ways[1]);
        assert!(ways[0].message.contains("; "), "no next step: {}", ways[0]);
    }
}

#[test]
fn a_bomb_is_ended_by_its_processor_time() {
    let place = Place::new();
    let engine = place.engine(child(), second());
    let rows = [
        ("nested blocks", bombs::blocks(60)),
        ("locals", bombs::locals(20)),
        ("functions", bombs::functions(100_000)),
        ("types", bombs::types(900)),
    ];
    for (what, bytes) in &rows {
        let failure = refused(&engine, bytes);
        assert_eq!(
            failure.to_string(),
            "compiling the component took more than 1 s of processor time (compile_ms, compile_mib_ms); make its \
             functions fewer or smaller, or raise these limits",
            "{what}"
        );
        assert_eq!(failure.code.as_str(), "limit");
    }
    assert_eq!(place.files("refused").len(), rows.len());
    works(&engine);
}

#[test]
fn a_bomb_is_ended_by_its_memory() {
    let limits = Limits { compile_memory_bytes: 200 << 20, compile_mib_memory_bytes: 0, ..Limits::default() };
    let place = Place::new();
    let failure = refused(&place.engine(child(), limits), &bombs::functions(100_000));
    assert_eq!(
        failure.to_string(),
        "compiling the component needed more than 209715200 bytes of memory (compile_memory_bytes, \
         compile_mib_memory_bytes); make its functions fewer or smaller, or raise these limits"
    );
    assert_eq!(place.files("refused").len(), 1);
}

#[test]
fn what_failed_is_remembered_until_more_is_allowed() {
    let place = Place::new();
    let bomb = bombs::functions(100_000);
    let first = refused(&place.engine(child(), second()), &bomb);
    let [remembered] = &place.files("refused")[..] else { panic!("not one file") };
    assert_eq!(fs::metadata(remembered).unwrap().permissions().mode() & 0o777, 0o600);
    let nobody = || Compiler::Program { path: "/nonexistent".into(), args: Vec::new() };
    let again = |limits| load(&place.engine(nobody(), limits), &bomb).map(drop);
    for limits in [second(), Limits { compile_ms: 10, ..second() }] {
        let Err(LoadError::Refused(again)) = again(limits) else { panic!("a child was wanted") };
        assert_eq!(again, first);
    }
    let more =
        [Limits { compile_ms: 2_000, ..second() }, Limits { compile_memory_bytes: 3 << 30, ..second() }];
    for limits in more {
        assert!(matches!(again(limits), Err(LoadError::Engine(_))), "not tried again");
    }
    // What others could have written, or isn't whole, counts for nothing.
    fs::set_permissions(remembered, fs::Permissions::from_mode(0o622)).unwrap();
    assert!(matches!(again(second()), Err(LoadError::Engine(_))));
    fs::set_permissions(remembered, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(remembered, b"{\"cpu_s\":1").unwrap();
    assert!(matches!(again(second()), Err(LoadError::Engine(_))));
}

#[test]
fn code_takes_the_place_of_a_refusal() {
    let place = Place::new();
    let tool = Tool::default().bytes();
    let dying = script("kill -SEGV $$");
    let failure = refused(&place.engine(dying, Limits::default()), &tool);
    assert_eq!(
        failure.to_string(),
        "the component doesn't compile: the compiler crashed over it; build it again, or make it need less"
    );
    assert_eq!(place.files("refused").len(), 1);
    works(&place.engine(child(), Limits { compile_ms: 6_000, ..Limits::default() }));
    assert_eq!((place.files("refused").len(), place.files("cwasm").len()), (0, 1));
}

#[test]
fn a_child_that_was_killed_says_nothing_about_the_component() {
    let place = Place::new();
    // Not HUP: what runs under nohup ignores it, and so would the script.
    for signal in ["KILL", "TERM"] {
        let killed = script(&format!("kill -{signal} $$"));
        let why = lost(&place.engine(killed, Limits::default()), &Tool::default().bytes());
        assert!(why.starts_with("the compiler was ended from outside, by signal "), "{why}");
    }
    assert_eq!(place.files("refused").len(), 0);
    // It is tried again at once, and later.
    let flag = place.path("flag");
    let once = format!("[ -e {0} ] || {{ : > {0}; kill -KILL $$; }}; exec $compiler \"$0\"", flag.display());
    works(&place.engine(script(&once), Limits::default()));
}

#[test]
fn a_compiler_that_is_none_is_the_machines_fault() {
    let rows = [
        ("exit 0", "the compiler isn't one: it ended with 0"),
        ("exit 7", "the compiler isn't one: it ended with 7"),
        ("echo no; exit 80", "the compiler isn't one: it ended with 80"),
        ("exec $compiler", "the compiler isn't one: it ended with 2"),
        ("printf 'a\\033b'; exit 84", "a b"),
        (
            "exec $compiler \"$(echo \"$0\" | sed s/parent.:/parent\\\":1/)\"",
            "the compiler has no one to work for",
        ),
        (
            "exec $compiler \"$(echo \"$0\" | sed 's/config.:.[0-9a-f]*/config\":\"'$(printf %064d 0)/)\"",
            "the compiler can't be used: it is of another version",
        ),
    ];
    let place = Place::new();
    // Large enough to fill a pipe that nobody reads.
    let bytes = bombs::functions(100_000);
    for (text, expected) in rows {
        let why = lost(&place.engine(script(text), Limits::default()), &bytes);
        assert!(why.starts_with(expected), "{text}: {why}");
    }
    let nobody = Compiler::Program { path: "/nonexistent".into(), args: Vec::new() };
    let why = lost(&place.engine(nobody, Limits::default()), &bytes);
    assert!(why.starts_with("the compiler can't be started: "), "{why}");
    assert_eq!(place.files("refused").len(), 0);
}

#[test]
fn a_child_that_never_ends_is_ended() {
    for (what, text) in [
        ("it does nothing", "exec sleep 1000"),
        ("it is quiet", "exec >&- <&-; exec sleep 1000"),
        ("so are its children", "sleep 1000 & sleep 1000"),
    ] {
        let place = Place::new();
        let pid = place.path("pid");
        let script = script(&format!("echo $$ > {}; {text}", pid.display()));
        let limits = Limits { compile_wait_ms: 0, ..second() };
        let why = lost(&place.engine(script, limits), &Tool::default().bytes());
        assert_eq!(why, "the compiler didn't get its 1 s of processor time in 4 s", "{what}");
        let pid = fs::read_to_string(&pid).unwrap();
        assert!(!Path::new(&format!("/proc/{}", pid.trim())).exists(), "{what}: not reaped");
        assert_eq!(place.files("refused").len(), 0, "{what}");
    }
}

#[test]
fn output_without_end_is_not_kept() {
    let place = Place::new();
    let limits = Limits { compile_memory_bytes: 8 << 20, compile_mib_memory_bytes: 0, ..Limits::default() };
    let failure = refused(&place.engine(script("exec cat /dev/zero"), limits), &Tool::default().bytes());
    assert!(failure.message.starts_with("the component compiles to more than 1048576 bytes"), "{failure}");
    assert_eq!(failure.code.as_str(), "limit");
}

#[test]
fn a_child_s_words_are_a_strangers() {
    let text = r#"printf '{"code":"Not a code","text":"a\\u001b[31m\\n%2000d"}' 1; exit 81"#;
    let failure = refused(&Place::new().engine(script(text), Limits::default()), &Tool::default().bytes());
    assert_eq!(failure.code.as_str(), "failed");
    assert!(failure.message.starts_with("a [31m ") && failure.message.len() == 1_000, "{failure:?}");
}

#[test]
fn others_are_called_while_one_compiles() {
    let place = Place::new();
    let (begun, go) = (place.path("begun"), place.path("go"));
    let text = format!(
        ": > {}; while [ ! -e {} ]; do sleep 0.02; done; exec $compiler \"$0\"",
        begun.display(),
        go.display()
    );
    works(&place.engine(child(), Limits::default()));
    let engine = place.engine(script(&text), Limits::default());
    let slow = Tool::executing("unreachable").bytes();
    std::thread::scope(|scope| {
        let compiling = scope.spawn(|| load(&engine, &slow).map(drop));
        until("the child", || begun.exists().then_some(()));
        (0..100).for_each(|_| works(&engine));
        assert!(!compiling.is_finished(), "it waits for the word");
        fs::write(&go, b"").unwrap();
        compiling.join().unwrap().unwrap();
    });
}

#[test]
fn what_two_want_at_once_is_compiled_once() {
    let place = Place::new();
    let begun = place.path("begun");
    let text = format!("echo x >> {}; sleep 0.2; exec $compiler \"$0\"", begun.display());
    let engine = place.engine(script(&text), Limits::default());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| works(&engine));
        }
    });
    assert_eq!(fs::read_to_string(begun).unwrap(), "x\n");
}

/// A child that waits for its component, whose parent is `parent`.
fn waiting(through: &[&str], parent: &str) -> Child {
    let engine = Engine::new(&settings()).unwrap();
    let config = engine.identity().to_value()["tools"].clone();
    let order = json!({"parent": 0, "agent": false, "config": config, "guest_memory_bytes": 64 << 20, "bytes": 100,
                       "cpu_s": 3, "memory_bytes": 1_u64 << 30});
    let order = order.to_string().replace("\"parent\":0", &format!("\"parent\":{parent}"));
    let mut command = Command::new(through.first().unwrap_or(&COMPILER));
    command.args(through.iter().skip(1)).arg(order);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_child_binds_itself_before_it_reads() {
    let mut child = waiting(&[], &std::process::id().to_string());
    let about = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap();
    let limits = until("its last limit", || {
        let limits = about("limits");
        limits.contains("1073741824").then_some(limits)
    });
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[26..].split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(limit("Max cpu time"), "3 4");
    assert_eq!(limit("Max file size"), "0 0");
    assert_eq!(limit("Max core file size"), "0 0");
    assert_eq!(limit("Max open files"), "32 32");
    assert_eq!(limit("Max address space"), "1073741824 1073741824");
    assert!(about("status").contains("NoNewPrivs:\t1"));
    assert_eq!(about("oom_score_adj").trim(), "1000");
    let stat = about("stat");
    let nice = stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().to_owned();
    assert!(nice.parse::<i32>().unwrap() >= 5, "{nice}");
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(84), "a component that came in part");
}

#[test]
fn a_child_has_no_environment_and_no_folder() {
    let place = Place::new();
    let said = place.path("said");
    let text = format!("{{ env; pwd; }} > {}; exec $compiler \"$0\"", said.display());
    works(&place.engine(script(&text), Limits::default()));
    let said = fs::read_to_string(said).unwrap();
    // The shell itself adds its folder, and what it was called with.
    let known = ["RAYON_NUM_THREADS=", "PWD=/", "OLDPWD=", "SHLVL=", "_="];
    let others: Vec<_> =
        said.lines().filter(|line| !known.iter().any(|known| line.starts_with(known))).collect();
    assert_eq!(others, ["/"], "{said}");
}

#[test]
fn a_child_ends_with_its_parent() {
    // The shell is the parent, and says the child's number.
    let text =
        format!("exec 3<&0; {COMPILER} \"$(echo \"$0\" | sed s/:PARENT/:$$/)\" <&3 & echo $! >&2; wait");
    let place = Place::new();
    let said = place.path("pid");
    let text = text.replace(">&2", &format!("> {}", said.display()));
    let mut shell = waiting(&["/bin/sh", "-c", &text], "PARENT");
    let bound = |pid: &str| {
        let limits = fs::read_to_string(format!("/proc/{}/limits", pid.trim())).unwrap_or_default();
        limits.contains("1073741824")
    };
    let pid = until("the child", || fs::read_to_string(&said).ok().filter(|pid| bound(pid)));
    assert!(!is_over(&pid));
    shell.kill().unwrap();
    shell.wait().unwrap();
    // Its standard input is still open: only its parent's death can end it.
    until("the child's end", || is_over(&pid).then_some(()));
    drop(shell.stdin.take());
}
