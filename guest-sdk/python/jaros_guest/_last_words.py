"""What a bug has to say before its call, or the build, ends.

*Invariant:* what it names are the author's own files, not the SDK's.
*Doesn't know:* where the words go.
*Start at:* last_words.
"""

from types import TracebackType


def last_words(bug: BaseException, home: str) -> str:
    """``ValueError: message, at app.py:12 in start``: the innermost place in the author's own files."""
    where = ""
    trace = bug.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(home):
            where = f", at {code.co_filename.removeprefix(home)}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    try:
        message = str(bug)
    except Exception:
        message = "its message can't be written"
    return f"{type(bug).__name__}{': ' + message if message else ''}{where}"


def authors_part(trace: TracebackType | None) -> TracebackType | None:
    """A trace without the steps that importing and the SDK made in between."""
    if trace is None:
        return None
    rest = authors_part(trace.tb_next)
    name = trace.tb_frame.f_code.co_filename
    if "/jaros_guest/" in name or "importlib" in name:
        return rest
    return TracebackType(rest, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
