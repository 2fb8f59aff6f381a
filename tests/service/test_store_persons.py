from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from adapters.store.persons import MatriculeTaken, Person, Persons
from adapters.store.register import Register

pytestmark = pytest.mark.service

REGNIER = Person(
    subject_id=uuid4(),
    family_name="Régnier-L'Œil",
    given_name="Zoë",
    source="import",
    matricule="M_001",
    birth_date=date(1970, 2, 28),
    email="z@example.org",
    discipline="4901",
    service="Neurologie",
    establishment="CHU",
    university="Université",
)


async def test_a_person_is_kept_corrected_and_found_whatever_the_accents(register: Register) -> None:
    persons = Persons(register.pool)
    other = Person(uuid4(), "Martin", "Zoé", "saisie")
    await persons.put(REGNIER)
    await persons.put(other)
    assert await persons.get(REGNIER.subject_id) == REGNIER
    assert await persons.get(uuid4()) is None
    assert await persons.by_matricule("M_001") == REGNIER
    assert await persons.by_matricule("M%") is None
    married = replace(REGNIER, family_name="Régnier")
    await persons.put(married)
    assert await persons.named([married.subject_id, other.subject_id, uuid4()]) == {
        married.subject_id: married,
        other.subject_id: other,
    }
    assert await persons.find("zoe") == [other, married]
    assert await persons.find("REGNIER  Zo") == [married]
    assert await persons.find("m_0") == [married]
    assert await persons.find("mx0") == []
    assert await persons.find("%") == []
    assert await persons.find("zoe", limit=1, offset=1) == [married]


async def test_a_matricule_belongs_to_one_person(register: Register) -> None:
    persons = Persons(register.pool)
    await persons.put(REGNIER)
    with pytest.raises(MatriculeTaken):
        await persons.put(Person(uuid4(), "Martin", "Zoé", "saisie", matricule="M_001"))
