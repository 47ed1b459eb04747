"""Tests without a node: a host made of values.

    host = Host(model=["Rain falls."], tools={"word.count": {"words": 2}})
    run = host.run(Brief, {"text": "It rained all day."})
    assert run.result == {"brief": "Rain falls."}

*Invariant:* the same in every run: time, ids and random bytes are fixed, and what a test didn't give is refused as the host does.
*Doesn't know:* JSON Schemas and the operator's rules; ``jaros eval`` judges by those.
*Start at:* Host.
"""

from jaros_guest.errors import Failure, HostError
from jaros_guest.testing._host import Host
from jaros_guest.testing._job import Carried, Run

__all__ = ["Carried", "Failure", "Host", "HostError", "Run"]
