"""Another version of the rules: orders keep theirs through a restart, until somebody applies the new one on purpose."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from coopbot.clock import SystemClock
from coopbot.demo import cast
from coopbot.domain.profile import builtin_path
from tests.support.installation import installation


def another_version(folder: Path) -> str:
    """The same rules with 30 hours for ordinary orders, as 2027.1."""
    text = builtin_path("jd-pop").read_text(encoding="utf-8")
    text = re.sub(r'^version = ".*"', 'version = "2027.1"', text, flags=re.MULTILINE)
    path = folder / "newer.toml"
    path.write_text(text.replace('budget = "24h"', 'budget = "30h"', 1), encoding="utf-8")
    return str(path)


def configured(toml: str, profile: str) -> str:
    """The installation's configuration with that profile in place of the usual one."""
    path = Path(toml).with_name("newer-coopbot.toml")
    text = Path(toml).read_text(encoding="utf-8")
    path.write_text(text.replace('"jd-pop"', f'"{profile}"', 1), encoding="utf-8")
    return str(path)


async def coopbot(environment: Mapping[str, str], *words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "coopbot", *words),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return out.decode()


async def test_an_order_moves_to_other_rules_only_on_purpose(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        bot = await here.serve()
        li = here.person(cast.LI)
        raised_at = SystemClock().now().isoformat()
        number = await here.platform.raises(shop_id="10001", raised_at=raised_at, **{"class": "general"})
        await li.sees(number)
        assert await bot.stop() == 0

        newer = another_version(tmp_path)
        environment = here.environment()
        beside = {**environment, "COOPBOT_CONFIG": configured(environment["COOPBOT_CONFIG"], newer)}
        await here.serve(**beside)
        assert "2026.12" in (await li.asks(f"/coop why {number}"))["text"]

        out = await coopbot(beside, "profile", "diff", "jd-pop", newer, "--open")
        assert f"jd:{number} would be due" in out
        out = await coopbot(beside, "profile", "reapply", newer, "--yes")
        assert out.endswith("1 orders now follow jd-pop 2027.1\n")
        await li.sees("从现在起适用规则 2027.1", thread=True)
        told = (await li.asks(f"/coop why {number}"))["text"]
        assert "2027.1" in told
        assert "30 小时" in told
