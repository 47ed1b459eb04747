//! `http` on [`Handles`]: the check, the record, and only then whoever is outside.

use jaros_decision::{Code, Failure, Limits};

use super::{Handles, granted};
use crate::files_read::Bytes;
use crate::http::{Broken, Http, Outside, Request, Response};
use crate::words::shown;
use crate::{Capability, Observer};

const CALL: &str = "http.send";

impl Handles {
    /// `http.send`: one call that leaves the node, if the request is within the grant. A refusal stands on the record; a good
    /// request goes to `outside`, or in a replay to the record.
    ///
    /// # Errors
    /// The machine failed around the call: it has no outcome, and nothing of it is recorded.
    pub fn http_send(
        &self,
        observer: &mut Observer,
        limits: &Limits,
        outside: Option<&dyn Outside>,
        request: &Request,
    ) -> Result<Result<Response, Failure>, Broken> {
        let http = match granted(self.http.as_ref(), Capability::Http, observer) {
            Ok(http) => http,
            Err(failure) => return Ok(Err(failure)),
        };
        // A guest could fill the record with what is too large to be sent.
        if let Some(failure) = Http::oversized(request, limits) {
            let arguments = [shown(&request.method), shown(&request.url)];
            return Ok(Err(observer.refuse(CALL, &arguments, failure)));
        }
        let Request { method, url, headers, body } = request;
        let arguments = (method, url, headers, Bytes(body.clone()));
        let checked = http.check(request, limits);
        let leaving = checked.and_then(|allowed| Ok((observer.leave(limits.http_calls)?, allowed)));
        let (index, allowed) = match leaving {
            Ok(leaving) => leaving,
            Err(failure) => return Ok(Err(observer.refuse(CALL, &arguments, failure))),
        };
        observer.try_call(CALL, &arguments, || match outside {
            Some(outside) => outside.send(index, &allowed),
            None => Ok(Err(Failure::new(Code::UNAVAILABLE, "nothing leaves the node in this run"))),
        })
    }
}
