//! A panic's last words.
//!
//! *Invariant:* set at the start of every export, since each call has an instance of its own.
//! *Doesn't know:* how to go on: the host ends the call with what it is told here.
//! *Start at:* [`report`].

/// Tells the host a panic's message and place, which then stand on the record; on this target they would be lost otherwise.
pub(crate) fn report() {
    #[cfg(target_family = "wasm")]
    std::panic::set_hook(Box::new(|panic| {
        use crate::bindings::imports::jaros::plugin::panic::abort;
        abort(&words(panic.payload(), panic.location()));
    }));
}

/// `panic: MESSAGE, at FILE:LINE`.
#[cfg(any(target_family = "wasm", test))]
fn words(payload: &dyn core::any::Any, place: Option<&core::panic::Location<'_>>) -> String {
    let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(message), _) => message,
        (_, Some(message)) => message.as_str(),
        _ => "something that is no text",
    };
    place.map_or_else(
        || format!("panic: {message}"),
        |place| format!("panic: {message}, at {}:{}", place.file(), place.line()),
    )
}

#[cfg(test)]
mod tests {
    use core::panic::Location;

    use super::words;

    #[test]
    fn a_panic_says_what_and_where() {
        let here = Location::caller();
        let line = here.line();
        assert_eq!(words(&"no", Some(here)), format!("panic: no, at src/panic.rs:{line}"));
        assert_eq!(words(&String::from("index 3"), None), "panic: index 3");
        assert_eq!(words(&7, None), "panic: something that is no text");
    }
}
