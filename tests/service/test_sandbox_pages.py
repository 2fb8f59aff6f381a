"""Every invented dossier can be looked at: the lists, the dossiers and the procedures are served whole."""

import re
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from service.web_world import World, own_register, world

from adapters.bootstrap import MAPPER, summary
from adapters.clock import DemoClock
from adapters.embedded.postgres import Databases
from adapters.sandbox.load import FIRST_DAY, load
from adapters.sandbox.scenes import scenes
from adapters.store.ids import case_id
from adapters.store.persons import Persons
from adapters.store.rebuild import rebuild
from adapters.store.views import Views

pytestmark = [pytest.mark.service, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(databases: Databases, empty_store: str) -> AsyncIterator[World]:
    with own_register(databases, empty_store) as store:
        async with world(store, today=FIRST_DAY) as made:
            register = made.service.register
            clock = DemoClock(register.pool, ZoneInfo("Europe/Paris"))
            await load(made.service, Persons(register.pool), clock)
            await Views(register.pool).caught_up(await register.head(), 30.0)
            yield made


async def followed(web: World, address: str) -> str:
    """A list and all the pages that follow it."""
    told = ""
    while address:
        page = await web.client.get(address)
        assert page.status_code == 200, address
        told += page.text
        following = re.search(r'class="btn" href="([^"]+)">Page suivante', page.text)
        address = following[1].replace("&amp;", "&") if following else ""
    return told


async def test_the_lists_show_every_dossier_and_every_procedure(web: World) -> None:
    dossiers, procedures = await followed(web, "/dossiers"), await followed(web, "/procedures?closes=1")
    shown = set(re.findall(r'href="/dossiers/([0-9a-f-]{36})"', dossiers))
    known = await web.service.register.subjects()
    assert shown == {str(one) for one in known}
    assert len(shown) == len(scenes(FIRST_DAY))
    for subject_id in known:
        subject = await web.service.subject(subject_id)
        for case in subject.cases.values():
            if not case.procedure.standing:
                assert f"/procedures/{case_id(subject_id, case.ref)}" in procedures
    assert (await web.client.get("/")).status_code == 200


async def test_a_page_that_follows_nothing_is_refused(web: World) -> None:
    somebody = (await web.service.register.subjects())[0]
    for address in ("/procedures?procedure=", "/dossiers?dossier="):
        assert (await web.client.get(f"{address}{somebody}&apres=TP%00")).status_code == 400
        assert (await web.client.get(f"{address}x&apres=TP")).status_code == 400


async def test_every_dossier_and_every_procedure_is_served_whole(web: World) -> None:
    for subject_id in await web.service.register.subjects():
        subject = await web.service.subject(subject_id)
        for address in (
            f"/dossiers/{subject_id}?tout=1&historique=tout",
            f"/dossiers/{subject_id}/procedures/nouvelle",
        ):
            assert (await web.client.get(address)).status_code == 200, address
        for case in subject.cases.values():
            if not case.procedure.standing:
                page = await web.client.get(f"/procedures/{case_id(subject_id, case.ref)}?historique=tout")
                assert page.status_code == 200, (case.procedure.name, case.status)


async def test_the_views_of_every_dossier_are_those_that_the_register_gives_again(web: World) -> None:
    found = await rebuild(web.service.register.pool, MAPPER, summary, check=True)
    assert [(one.view, one.missing, one.extra) for one in found if not one.same] == []
