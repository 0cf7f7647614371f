"""The appeal kit: records in a chain of hashes, so that whoever reads it can see that nothing was changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from coopbot.domain.files import ending_of

FORMAT = "coopbot-appeal-kit/1"
START = "0" * 64
Record = Mapping[str, Any]


def chained(records: Sequence[Record]) -> dict[str, Any]:
    """A document of ``records`` (plain JSON): each carries the hash of the one before and its own."""
    linked = []
    before = START
    for number, record in enumerate(records):
        line = {"n": number, **record, "prev": before}
        before = digest(line)
        linked.append({**line, "hash": before})
    return {"format": FORMAT, "records": linked, "count": len(linked), "head": before}


def written(document: Record) -> str:
    """The kit as its file holds it: one form only, so that a changed blank is a change too."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def digest(record: Record) -> str:
    """SHA-256 of a record's canonical JSON without its own hash."""
    bare = {key: value for key, value in record.items() if key != "hash"}
    text = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def faults_in(content: bytes) -> list[str]:
    """Likewise of a file: any byte that is not as it was written is a fault. Raises ValueError for what is no JSON."""
    document = json.loads(content.decode())
    found = faults(document)
    if not found and written(document).encode() != content:
        found.append("the records say the same, but the file is not the one that was written")
    return found


def faults(document: Any) -> list[str]:
    """What is wrong with a kit, in plain English; empty when every record is as it was written."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return [f"this is no {FORMAT}"]
    records = document.get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        return ["the records are missing"]
    found = []
    before = START
    for place, record in enumerate(records):
        if record.get("n") != place:
            found.append(f"record {place} carries number {record.get('n')}: one was added, moved or taken out")
        if record.get("prev") != before:
            found.append(f"record {place} does not follow from the one before it")
        if record.get("hash") != digest(record):
            found.append(f"record {place} was changed")
        before = str(record.get("hash"))
    if document.get("count") != len(records):
        found.append(f"{document.get('count')} records were written, {len(records)} are here")
    if document.get("head") != before:
        found.append("the last hash is not the head: records are missing at the end")
    return found


def files_in(document: Mapping[str, Any]) -> dict[str, str]:
    """What a kit's files are called beside it, by their id: the hash of their bytes, and the ending of their name."""
    files = [record["data"] for record in document["records"] if record.get("kind") == "file"]
    return {str(each["id"]): f"{each['sha256']}.{ending_of(str(each['name'])) or 'bin'}" for each in files}


def file_faults(document: Mapping[str, Any], read: Callable[[str], bytes | None]) -> list[str]:
    """Files beside a kit that are not what its records say; ``read`` gives one by name, None where it is not there."""
    found = []
    try:
        named = files_in(document)
    except (KeyError, TypeError):
        return ["a file's record lacks its id, its name or its hash"]
    for name in named.values():
        content = read(name)
        if content is not None and hashlib.sha256(content).hexdigest() != name.partition(".")[0]:
            found.append(f"file {name} was changed")
    return found
