"""The law on the web: every article is listed, shown, and reached from where it is cited."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from service.web_world import World, own_register, problem, world

from adapters.embedded.postgres import Databases
from domain.law.coverage import NUMBERS
from domain.law.d2021_1645 import TEXT

pytestmark = [pytest.mark.service, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(databases: Databases, empty_store: str) -> AsyncIterator[World]:
    with own_register(databases, empty_store) as register:
        async with world(register) as made:
            yield made


# -- The API --


async def test_every_article_is_listed_with_its_state(web: World) -> None:
    said = (await web.get("/laws")).json()
    assert [one["ref"] for one in said["items"]] == [f"{TEXT}:{number}" for number in NUMBERS]
    assert said["summary"].startswith(f"{len(NUMBERS)} articles : ")
    states = {one["ref"].partition(":")[2]: one["state"] for one in said["items"]}
    assert (states["28-2"], states["5"], states["41"]) == ("encoded", "data", "not_encoded")
    assert all(one["why"] for one in said["items"] if one["state"] == "not_encoded")


async def test_an_article_is_read_as_it_applies_on_a_day(web: World) -> None:
    today = (await web.get("/laws/15")).json()
    assert today["on"] == web.clock.day.isoformat()
    assert today["in_force"] is True
    opened = "délégation ouverte aux MCU-PH stagiaires"
    for on, applies in (("2024-10-18", False), ("2024-10-19", True)):
        said = (await web.get(f"/laws/{TEXT}:15?on={on}")).json()
        (figure,) = [one for one in said["figures"] if one["name"] == opened]
        assert [version["applies"] for version in figure["versions"]] == [applies]
    assert "return_to_duty_too_short" in {one["code"] for one in said["refusals"]}


async def test_what_is_no_article_is_not_found_and_no_day_is_refused(web: World) -> None:
    for ref in ("999", "D1984-135:1", ":", "TEXT"):
        problem(await web.get(f"/laws/{ref}"), 404, "not_found")
    problem(await web.get("/laws/15?on=demain"), 400, "invalid_parameter")


# -- The pages --


async def test_the_list_is_filtered_by_state(web: World) -> None:
    page = (await web.client.get("/droit")).text
    assert page.count('<th scope="row">') == len(NUMBERS)
    assert f"{len(NUMBERS)} articles : " in page
    counted = re.search(r": (\d+) encodés, (\d+) en données, (\d+) non encodés", page)
    assert counted is not None
    for state, count in zip(("encoded", "data", "not_encoded"), counted.groups(), strict=True):
        filtered = (await web.client.get(f"/droit?etat={state}")).text
        assert filtered.count('<th scope="row">') == int(count)
        assert re.search(rf'href="/droit\?etat={state}" aria-current="true"', filtered)
    assert (await web.client.get("/droit?etat=autre")).text.count('<th scope="row">') == len(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
async def test_every_article_has_its_page(web: World, number: str) -> None:
    page = await web.client.get(f"/droit/{TEXT}:{number}")
    assert page.status_code == 200
    assert f"{TEXT}:{number}" in page.text


async def test_an_article_shows_what_is_held_of_it(web: World) -> None:
    page = (await web.client.get("/droit/28-2")).text
    assert "Autorisation, renouvellement, modification" in page
    assert "En vigueur depuis le 19/10/2024" in page
    assert "Préavis d&#39;un changement de quotité, en mois" in page
    assert "part_time.authority" in page
    assert "domain/procedures/part_time.py" in page
    assert "notice_too_short" in page
    assert "en vigueur</span>" in page
    before = (await web.client.get("/droit/28-2?au=18/10/2024")).text
    assert "Au 18/10/2024, cet article n'est pas en vigueur." in before
    assert "en vigueur</span>" not in before


async def test_an_unknown_article_or_day_is_a_page_that_says_so(web: World) -> None:
    assert (await web.client.get("/droit/999")).status_code == 404
    assert (await web.client.get("/droit/28-2?au=demain")).status_code == 400


async def test_the_law_is_one_step_away_from_where_it_is_cited(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    page = (await web.client.get(f"/procedures/{ref}")).text
    assert '<a href="/droit">' in page
    cited = set(re.findall(r'href="(/droit/[^"]+)"', page))
    assert f"/droit/{TEXT}:28-2" in cited
    for address in cited:
        assert (await web.client.get(address)).status_code == 200
