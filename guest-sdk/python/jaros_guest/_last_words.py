"""What a bug has to say before its call ends.

*Invariant:* one line, which names the author's own file, not the SDK's.
*Doesn't know:* where the line goes.
*Start at:* last_words.
"""


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
