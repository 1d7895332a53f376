"""Refusals of the matching of job seekers."""

from shared.errors import DomainError, ErrorKind


class JobSeekerNotSeeking(DomainError):
    """The job seeker has work, has left the ledger, or cannot work."""

    kind, code, title = ErrorKind.CONFLICT, "job_seeker_not_seeking", "该求职人员当前不在求职，或登记为不能工作"
    advice = "请刷新查看求职登记；再次失业或恢复登记的，先在求职人员台账办理"


class VacancyNotOpen(DomainError):
    """The vacancy is filled, withdrawn or past its last day."""

    kind, code, title = ErrorKind.CONFLICT, "vacancy_not_open", "该岗位已招满、撤回或截止"
    advice = "请重新获取推荐岗位"


class JobOfferStands(DomainError):
    """The vacancy was offered to the job seeker before, and the offer is open or was taken."""

    kind, code, title = ErrorKind.CONFLICT, "job_offer_stands", "该岗位已推荐给此人"
    advice = "请在就业推荐台账中办理已有的推荐"


class JobSeekerUnknown(DomainError):
    """Nobody in the caller's scope is registered under the number that the offer names."""

    kind, code, title = ErrorKind.CONFLICT, "job_seeker_unknown", "推荐所记的求职登记号查无在册求职人员"
    advice = "请先在求职人员台账登记，或更正推荐的求职登记号"


class JobSeekerMovedOn(DomainError):
    """Something was done to the job seeker since the placement that is to be taken back."""

    kind, code, title = ErrorKind.CONFLICT, "job_seeker_moved_on", "安置之后该求职人员另有办理，不能一并撤销"
    advice = "请先在求职人员台账撤回其后的办理"


class JobOfferNothingToUndo(DomainError):
    """Nothing was answered to the offer, or it was all taken back."""

    kind, code, title = ErrorKind.CONFLICT, "job_offer_nothing_to_undo", "该推荐没有可撤销的结果"
    advice = "误登的推荐，请在就业推荐台账更正"
