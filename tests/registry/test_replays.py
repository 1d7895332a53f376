"""What registry was asked for under a key is not shown again to who was moved (`tests.replays`)."""

from typing import Any

from fastapi import FastAPI

from shared.auth.principal import Grant, Principal
from shared.testing.doors import Door
from tests.registry.builders import FAR, SISTER, VILLAGE, a_household, a_person
from tests.registry.consents.giving import a_paper
from tests.replays import Asked, sent_again
