"""What a transfer follows: the life events by which people moved, when they are taken back or get another day."""

from services.registry.persons.domain import PersonChange
from services.registry.transfers.repository import TransferRepository
from shared.contracts.registry.transfers import TransferReversed, TransferState, TransferStatus
from shared.messaging.context import UseCaseContext


class TransferFollowing:
    """Follower of persons (`PersonFollower`): a transfer is reversed once nobody stands where it brought them."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._transfers = TransferRepository(context.session)

    async def follow(self, change: PersonChange) -> None:
        """After a reversal: nothing if the life event was no move by a transfer."""
        move = None if change.without is None else await self._transfers.move_by(change.without)
        if move is None:
            return
        if change.by is not None:
            await self._transfers.change_move(move, event_id=change.by)
            return
        transfer = await self._transfers.locked(move.transfer_id)
        assert transfer is not None, "transfers are kept for ever"
        await self._transfers.change_move(move, standing=False)
        if any(one.standing for one in await self._transfers.moves_of(transfer.id)):
            return
        after = await self._transfers.move(transfer, TransferStatus.REVERSED, moved=0)
        assert after is not None, "the row is locked"
        self._outbox.add(TransferReversed(state=TransferState.model_validate(after)))
