#!/usr/bin/env python3
"""The book and the rest of the repository.

As a preprocessor of mdbook (docs/book.toml names it): a chapter that only includes a page from outside docs/ becomes that
page, and every link between chapters leads to a chapter. A link to a file that is no chapter leads to $JAROS_REPOSITORY (the
address below which the files can be read) or, without it, becomes plain text.

    book.py supports RENDERER     what mdbook asks first
    book.py                       a book on standard input, the same with its links on standard output
    book.py check DIR             judges the built pages in DIR: every link and anchor, every picture
"""

import json
import os
import posixpath
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r"^\{\{#include (\S+)\}\}\s*$")
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
FENCE = re.compile(r"^\s*(```|~~~)")


def chapters(items):
    """Every chapter with a page, nested ones too."""
    for item in items:
        chapter = item.get("Chapter") if isinstance(item, dict) else None
        if chapter:
            if chapter.get("path"):
                yield chapter
            yield from chapters(chapter["sub_items"])


def below(folder, path):
    return posixpath.normpath(posixpath.join(folder, path))


class Places:
    """Where each chapter comes from in the repository, and the way back."""

    def __init__(self, items):
        self.source = {}
        for chapter in chapters(items):
            page = posixpath.join("docs", chapter["path"])
            included = INCLUDE.match(chapter["content"])
            self.source[page] = below(posixpath.dirname(page), included[1]) if included else page
        self.page = {source: page for page, source in self.source.items()}

    def link(self, page, text, target):
        """The link as it has to stand on `page`, whose words come from its source."""
        parts = urlsplit(target)
        if parts.scheme or not parts.path:
            return f"[{text}]({target})"
        file = below(posixpath.dirname(self.source[page]), parts.path)
        heading = f"#{parts.fragment}" if parts.fragment else ""
        if file in self.page:
            return f"[{text}]({posixpath.relpath(self.page[file], posixpath.dirname(page))}{heading})"
        if not (ROOT / file).exists():
            sys.exit(f"book.py: {self.source[page]} links to {file}, which is not there")
        repository = os.environ.get("JAROS_REPOSITORY", "").rstrip("/")
        return f"[{text}]({repository}/{file}{heading})" if repository else text

    def rewrite(self, page):
        text = (ROOT / self.source[page]).read_text(encoding="utf-8")
        return "".join(part if code else self.prose(page, part) for code, part in parts(text))

    def prose(self, page, text):
        def rewritten(found):
            # A span of code doesn't go on past a blank line.
            before = text[max(text.rfind("\n\n", 0, found.start()), 0) : found.start()]
            return found[0] if before.count("`") % 2 else self.link(page, found[1], found[2])

        return LINK.sub(rewritten, text)


def parts(text):
    """The text in order, cut into (is fenced code, lines)."""
    fence, lines = None, []
    for line in text.splitlines(keepends=True):
        mark = FENCE.match(line)
        if mark and fence in (None, mark[1]):
            if fence is None:
                yield False, "".join(lines)
                fence, lines = mark[1], [line]
            else:
                yield True, "".join([*lines, line])
                fence, lines = None, []
        else:
            lines.append(line)
    yield fence is not None, "".join(lines)


def preprocess():
    _, book = json.load(sys.stdin)
    items = book["items"]
    places = Places(items)
    for chapter in chapters(items):
        chapter["content"] = places.rewrite(posixpath.join("docs", chapter["path"]))
    json.dump(book, sys.stdout)


class Page(HTMLParser):
    """The links of a page, and the places that a link can lead to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.places = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        for name in ("href", "src"):
            if attributes.get(name):
                self.links.append(attributes[name])


def check(folder):
    folder = Path(folder).resolve()
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    wrong, seen = [], 0
    for path, page in pages.items():
        # The page for what isn't found doesn't know where it will be shown.
        for link in page.links if path.name != "404.html" else []:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            seen += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            said = f"{path.relative_to(folder)}: {link}"
            if not target.is_relative_to(folder):
                wrong.append(f"{said} leads out of the book")
            elif not target.exists():
                wrong.append(f"{said} is not there")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
                wrong.append(f"{said} names a heading that is not there")
    print(f"pages {len(pages)}, links {seen}, dead {len(wrong)}")
    if wrong or len(pages) < 20 or seen < 500:
        sys.exit("\n".join(wrong) or "too few pages or links: what was built is not the book")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["supports", _]:
            pass
        case []:
            preprocess()
        case ["check", folder]:
            check(folder)
        case _:
            sys.exit(__doc__)
