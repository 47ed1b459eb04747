//! `http`: the bindings of [`Handles`](jaros_capability::Handles).
//!
//! *Invariant:* every answer goes through the observer; where the machine failed around a call, the component's call ends
//! without an outcome.
//! *Doesn't know:* origins, sockets, secrets.
//! *Start at:* [`Host`].

use jaros_capability::{Capability, http as own};
use wasmtime::{Error as Wasmtime, Result};

use super::{State, error};
use crate::bindings::imports::jaros::plugin::http::{Field, Host, Request, Response};
use crate::bindings::imports::jaros::plugin::types::Error;
use crate::stop::Broken;

impl Host for State {
    fn send(&mut self, request: Request) -> Result<Result<Response, Error>> {
        let headers = request.headers.iter().map(|field| field.name.len() + field.value.len());
        let handed = request.method.len() + request.url.len() + request.body.len() + headers.sum::<usize>();
        self.enter(Capability::Http, handed)?;
        let request = read(request);
        let outside = self.outside.as_deref();
        let sent = self.handles.http_send(&mut self.observer, &self.limits, outside, &request);
        let answer = sent.map_err(|broken| Wasmtime::new(Broken(broken.0)))?;
        Ok(answer.map(response).map_err(error))
    }
}

fn read(request: Request) -> own::Request {
    let field = |field: Field| own::Field { name: field.name, value: field.value };
    own::Request {
        method: request.method,
        url: request.url,
        headers: request.headers.into_iter().map(field).collect(),
        body: request.body,
    }
}

fn response(response: own::Response) -> Response {
    let field = |field: own::Field| Field { name: field.name, value: field.value };
    Response {
        status: response.status,
        headers: response.headers.into_iter().map(field).collect(),
        body: response.body,
    }
}
