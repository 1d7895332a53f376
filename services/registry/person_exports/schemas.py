"""Bodies of exports of residents."""

from pydantic import Field

from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.http.export_routes import BeginAreaExport


class BeginPersonExport(BeginAreaExport):
    """Which residents are taken out, how, and what for. The purpose stands in the table itself."""

    book: Book = Field(
        default=Book.RESIDENCE,
        description="账簿 by residence (常住) or registered place (户籍)",
        examples=["residence"],
    )
    status: PersonStatus = Field(
        default=PersonStatus.ACTIVE, description="状态 where they stand in that book", examples=["active"]
    )
