"""Ratings as the house knows them."""

from sqlalchemy import select

from services.services_hall.ratings.api import router
from services.services_hall.ratings.domain import RatingGivenAlready, RatingReason
from services.services_hall.ratings.models import Rating
from services.services_hall.ratings.service.ratings import restate
from shared.contracts.services_hall.ratings import RatingChannel, RatingContact, RatingStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published
from shared.reference.satisfaction import Satisfaction

FEATURE = Feature(
    router=router,
    tag="ratings",
    about="好差评：一次办事一次评价，凭签名链接。 One rating for each contact, by a signed link",
    constraints={
        "uq_ratings_contact": RatingGivenAlready,
    },
    states={"services_hall.rating": Restatement(restate, select(Rating.id))},
    code_lists=(
        published("rating_channels", "评价渠道", RatingChannel),
        published("rating_contacts", "评价环节", RatingContact),
        published("rating_levels", "好差评等级", Satisfaction),
        published("rating_reasons", "不满意原因", RatingReason),
        published("rating_statuses", "评价状态", RatingStatus),
    ),
)
