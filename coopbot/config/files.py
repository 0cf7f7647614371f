"""``[files]``, ``public_url`` and the secret of links: what may be handed in, and how it is passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from coopbot.config import checks
from coopbot.config.environment import Environment
from coopbot.config.settings import ConnectionAccess
from coopbot.domain.field import ATTACHMENT
from coopbot.domain.files import LARGEST_MB, MB, TYPES, FileRules
from coopbot.domain.links import Links, keys_from
from coopbot.domain.profile import Profile
from coopbot.domain.reading import Reader
from coopbot.errors import Mistake

LONGEST_LINK = timedelta(days=365)


def read_files(top: Reader) -> FileRules:
    """What is taken; every key may be left out."""
    table = top.table("files")
    usual = FileRules()
    largest = table.integer("largest_mb", usual.largest // MB, least=1)
    if largest > LARGEST_MB:
        table.wrong("largest_mb", f"must be at most {LARGEST_MB}, not {largest}: Slack takes none larger")
    types = tuple(each.lower().lstrip(".") for each in table.texts("types")) or usual.types
    if strange := [each for each in types if each not in TYPES]:
        table.wrong("types", f"has {', '.join(strange)}; known are {', '.join(TYPES)}")
    link_for = table.duration("link_for", usual.link_for, positive=True)
    if link_for > LONGEST_LINK:
        table.wrong("link_for", f"must be at most {LONGEST_LINK.days}d: who has the link has the file")
    table.done()
    return FileRules(largest * MB, types, link_for)


def read_links(top: Reader, environment: Environment, access: Mapping[str, ConnectionAccess]) -> Links | None:
    """How files are passed on; None without ``public_url``, or with nothing to sign by.

    Links are signed with ``COOPBOT_FILES_SECRET``, else with keys derived from the connections' secrets.
    """
    public_url = top.text("public_url", "")
    if public_url and (wrong := checks.url(public_url, "https://coopbot.example")):
        top.wrong("public_url", wrong)
    elif "?" in public_url or "#" in public_url:
        top.wrong("public_url", "must be an address without ? and #: paths are added to it")
    secrets: Iterable[str] = environment.files_secrets()
    secrets = tuple(secrets) or tuple(secret for name in sorted(access) for secret in access[name].secrets)
    return Links(public_url.rstrip("/"), keys_from(secrets)) if public_url and secrets else None


def warnings_of(profile: Profile, links: Links | None, public_url: str) -> list[Mistake]:
    """What can't be answered from Slack as this installation is set."""
    if links is not None:
        return []
    if public_url:
        why = "COOPBOT_FILES_SECRET or a connection's secret is needed to sign links: no file can be passed on"
        return [Mistake("public_url", why)]
    presets = [preset for scene in profile.scenes.values() for preset in scene.presets]
    codes = sorted({preset.code for preset in presets if ATTACHMENT in preset.requires})
    if not codes:
        return []
    few = ", ".join(codes[:3]) + (f" and {len(codes) - 3} more" if len(codes) > 3 else "")
    why = f"is missing: answers that need an attachment ({few}) can only be given in the console"
    return [Mistake("public_url", why)]
