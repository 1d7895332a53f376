"""Persons as the house knows them."""

from sqlalchemy import select

from services.registry.persons.api import router
from services.registry.persons.domain import PersonAlreadyRegistered
from services.registry.persons.models import Person
from services.registry.persons.service.persons import restate
from shared.feature import Feature, Restatement

FEATURE = Feature(
    router=router,
    tag="persons",
    about="居民 Residents: registered once, shown masked",
    states={"registry.person": Restatement(restate, select(Person.id))},
    constraints={"pk_person_digests": PersonAlreadyRegistered},
)
