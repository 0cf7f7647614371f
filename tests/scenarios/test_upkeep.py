"""``coopbot doctor`` and ``coopbot move`` as an operator runs them."""

from __future__ import annotations

from pathlib import Path

from coopbot.demo import cast
from tests.support.installation import installation


async def test_doctor_finds_all_well_and_then_what_is_not(tmp_path: Path, database_url: str) -> None:
    async with installation(tmp_path, database_url) as here:
        code, told = await here.coopbot("doctor")
        assert (code, told.count("✗")) == (0, 0), told
        assert "lost answers can be looked for" in told
        assert "files: answers take none, since public_url is missing" in told
        assert "complaint_evidence" in told
        here.public = True
        assert "files: passed on by links to http://127.0.0.1:" in (await here.coopbot("doctor"))[1]

        await here.audience.post("/control/channels", {"id": cast.OUTLET, "archived": True})
        await here.audience.post("/control/faults", {"fault": "remove_bot", "channel": cast.FALLBACK})
        missing = {"fault": "api_error", "error": "missing_scope", "method": "conversations.history"}
        await here.audience.post("/control/faults", missing)
        code, told = await here.coopbot("doctor")
        assert (code, told.count("✗")) == (1, 3), told
        assert "may arrive twice" in told
        assert "is archived" in told
        assert "/invite" in told

        nobody = {"fault": "api_error", "error": "user_not_found", "method": "users.info"}
        await here.audience.post("/control/faults", nobody)
        code, told = await here.coopbot("doctor")
        assert f"people: {cast.ANA} (user_not_found)" in told

        await here.audience.post("/control/faults", {"fault": "token_revoked"})
        code, told = await here.coopbot("doctor")
        assert code == 1
        assert "token_revoked" in told


async def test_a_served_file_is_not_moved_and_a_stopped_one_is(tmp_path: Path) -> None:
    source, target = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/new.db"
    async with installation(tmp_path, source) as here:
        bot = await here.serve()
        number = await here.platform.raises(shop_id="10001", **{"class": "general"})
        code, told = await here.coopbot("move", "--from", source, "--to", target)
        assert code == 1
        assert "is served by another coopbot" in told
        await here.person(cast.LI).sees(number)
        await bot.stop()

        code, told = await here.coopbot("move", "--from", source, "--to", target)
        assert code == 0, told
        here.database = target
        await here.serve()
        card = await here.person(cast.LI).sees(number)
        await here.person(cast.LI).clicks(card, "claim")
        assert len(await here.cards(number)) == 1
