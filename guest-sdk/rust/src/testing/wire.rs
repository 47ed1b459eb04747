//! The contract's functions on a machine that has no host: the test's [`Host`](super::Host) answers.
//!
//! *Invariant:* names and types are those of the generated bindings, so [`host`](crate::host) can take either.
//! *Doesn't know:* what is granted; the world does.
//! *Start at:* [`World`].

use std::cell::RefCell;
use std::rc::Rc;

use super::world::World;
use crate::Error;

thread_local! {
    static CURRENT: RefCell<Vec<Rc<RefCell<World>>>> = const { RefCell::new(Vec::new()) };
}

/// Lets this world answer while `work` runs, a panic of it included.
pub(super) fn within<T>(world: &Rc<RefCell<World>>, work: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            CURRENT.with_borrow_mut(Vec::pop);
        }
    }
    CURRENT.with_borrow_mut(|current| current.push(Rc::clone(world)));
    let _leave = Leave;
    work()
}

fn world() -> Rc<RefCell<World>> {
    CURRENT.with_borrow(|current| current.last().cloned()).expect(
        "this asks the host, and a test has none of itself: make a `jaros_guest::testing::Host`, and call this in its `with`, `decide`, `run`, `execute` or `validate`",
    )
}

fn ask<T>(question: impl FnOnce(&mut World) -> T) -> T {
    question(&mut world().borrow_mut())
}

/// For what has no error of its own: the node ends the call there.
fn or_end<T>(answer: Result<T, Error>) -> T {
    answer.unwrap_or_else(|error| panic!("{}", String::from(error)))
}

pub(crate) mod job {
    use super::{Error, ask};

    const RANDOM_BYTES_MAX: u32 = 4_096;

    pub(crate) fn id() -> String {
        ask(|world| world.job.clone())
    }

    pub(crate) fn accepted_at_ms() -> u64 {
        ask(|world| world.accepted_at_ms)
    }

    pub(crate) fn random(len: u32) -> Result<Vec<u8>, Error> {
        if len > RANDOM_BYTES_MAX {
            let text =
                format!("{len} random bytes are more than {RANDOM_BYTES_MAX} at once; ask for them in parts");
            return Err(Error::new("limit", text));
        }
        Ok(ask(|world| world.random(len)))
    }
}

pub(crate) mod log {
    use super::ask;

    pub(crate) fn write(level: &str, message: &str) {
        ask(|world| world.logs.push((level.to_owned(), message.to_owned())));
    }
}

pub(crate) mod model {
    use serde_json::{Value, json};

    use super::{Error, ask};
    pub(crate) use crate::bindings::imports::jaros::plugin::model::{Message, Request, Response};

    pub(crate) fn complete(request: &Request) -> Result<Response, Error> {
        ask(|world| {
            world.for_agents("model")?;
            let read =
                |text: &str| serde_json::from_str::<Value>(text).expect("the request was written here");
            let message = |message: &Message| json!({ "role": message.role, "content": message.content, "parts": read(&message.parts) });
            let messages: Vec<Value> = request.messages.iter().map(message).collect();
            let (tools, params) = (read(&request.tools), read(&request.params));
            world.asked.push(
                json!({ "model": request.model, "messages": messages, "tools": tools, "params": params }),
            );
            world.script.answer()
        })
    }
}

pub(crate) mod actions {
    use super::{ask, or_end};
    pub(crate) use crate::bindings::imports::jaros::plugin::actions::Action;
    use crate::text;

    pub(crate) fn list() -> Vec<Action> {
        ask(|world| {
            or_end(world.for_agents("actions"));
            let listed = world.actions.iter().map(|action| Action {
                kind: action.kind.clone(),
                description: action.description.clone(),
                schema: text::of(&action.schema),
            });
            listed.collect()
        })
    }
}

pub(crate) mod files_read {
    use super::{Error, World, ask};
    use crate::bindings::imports::jaros::plugin::files_read::Entry;
    use crate::testing::folders::Folders;

    fn folders(world: &World) -> Result<&Folders, Error> {
        world.granted("files-read", false, world.folders.readable().then_some(&world.folders))
    }

    pub(crate) fn read(path: &str) -> Result<Vec<u8>, Error> {
        ask(|world| folders(world)?.read(path).map(<[u8]>::to_vec))
    }

    pub(crate) fn read_range(path: &str, offset: u64, len: u32) -> Result<Vec<u8>, Error> {
        ask(|world| {
            let data = folders(world)?.read(path)?;
            let from = usize::try_from(offset).map_or(data.len(), |offset| offset.min(data.len()));
            let to = from.saturating_add(len as usize).min(data.len());
            Ok(data[from..to].to_vec())
        })
    }

    pub(crate) fn stat(path: &str) -> Result<Entry, Error> {
        ask(|world| folders(world)?.stat(path))
    }

    pub(crate) fn entries(path: &str) -> Result<Vec<Entry>, Error> {
        ask(|world| folders(world)?.entries(path))
    }
}

pub(crate) mod files_write {
    use super::{Error, World, ask};

    fn granted(world: &World) -> Result<(), Error> {
        world.granted("files-write", true, world.folders.writable().then_some(&())).copied()
    }

    pub(crate) fn write(path: &str, data: &[u8]) -> Result<(), Error> {
        ask(|world| {
            granted(world)?;
            world.folders.write(path, data)
        })
    }

    pub(crate) fn remove(path: &str) -> Result<(), Error> {
        ask(|world| {
            granted(world)?;
            world.folders.remove(path)
        })
    }
}

pub(crate) mod store {
    use std::ops::Bound;

    use super::{Error, World, ask};

    fn granted(world: &World) -> Result<(), Error> {
        world.granted("store", true, world.store.as_ref()).map(drop)
    }

    pub(crate) fn get(key: &str) -> Result<Option<Vec<u8>>, Error> {
        ask(|world| {
            granted(world)?;
            Ok(world.store.as_ref().and_then(|store| store.get(key)).cloned())
        })
    }

    pub(crate) fn put(key: &str, value: &[u8]) -> Result<(), Error> {
        set(key, Some(value))
    }

    pub(crate) fn delete(key: &str) -> Result<(), Error> {
        set(key, None)
    }

    fn set(key: &str, value: Option<&[u8]>) -> Result<(), Error> {
        ask(|world| {
            granted(world)?;
            let store = world.store.get_or_insert_default();
            match value {
                Some(value) => store.insert(key.to_owned(), value.to_owned()),
                None => store.remove(key),
            };
            Ok(())
        })
    }

    pub(crate) fn keys(prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Error> {
        ask(|world| {
            granted(world)?;
            let from = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
            let keys = world.store.iter().flat_map(|store| store.range::<str, _>((from, Bound::Unbounded)));
            let keys = keys.map(|(key, _)| key.clone()).take_while(|key| key.starts_with(prefix));
            Ok(keys.take(limit as usize).collect())
        })
    }
}

pub(crate) mod host_facts {
    use super::{Error, ask};
    use crate::text;

    pub(crate) fn system() -> Result<String, Error> {
        ask(|world| world.granted("host-facts", true, world.system.as_ref()).map(text::of))
    }

    pub(crate) fn disk(path: &str) -> Result<String, Error> {
        ask(|world| {
            world.granted("host-facts", true, (!world.disks.is_empty()).then_some(&()))?;
            let missing = || Error::new("refused", format!("there is no granted folder `{path}`"));
            world.disks.get(path).map(text::of).ok_or_else(missing)
        })
    }
}

pub(crate) mod http {
    use std::rc::Rc;

    use super::{Error, ask};
    use crate::bindings::imports::jaros::plugin::http::{Request, Response};

    pub(crate) fn send(request: &Request) -> Result<Response, Error> {
        // The test's function may ask the host itself, so the world is free again by then.
        let answering = ask(|world| world.granted("http", true, world.http.as_ref()).map(Rc::clone))?;
        answering(request)
    }
}
