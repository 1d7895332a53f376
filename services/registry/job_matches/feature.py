"""Matching of job seekers as the house knows it."""

from services.registry.job_matches.api import router
from services.registry.job_matches.domain.matches import JobAnswer, JobBearing, JobCriterion
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="job matches",
    about="岗位匹配：为求职人员推荐岗位，为岗位推荐人员，登记结果。 Vacancies and job seekers matched, with reasons",
    code_lists=(
        published("job_criteria", "岗位匹配项目", JobCriterion),
        published("job_bearings", "岗位匹配结果", JobBearing),
        published("job_answers", "就业推荐结果", JobAnswer),
    ),
)
