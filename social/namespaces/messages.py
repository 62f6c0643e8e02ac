"""Commands about what is said: one service call each, or one reading."""

from typing import Any

import realtime
from livrya.accounts.selectors import signed_in
from livrya.kit.cursors import page
from realtime.namespaces import Call, Commands
from realtime.people import typing_arrived
from realtime.rooms import Room
from social.broadcasts import ref
from social.events import GroupRoom
from social.events.commands import AskHistory, HistoryPage
from social.events.messages import MessageContent
from social.events.talking import (
    DeleteMessage,
    EditMessage,
    FoundMessages,
    MarkRead,
    MessageGone,
    ReactionCounts,
    ReactToMessage,
    ReadState,
    SearchMessages,
    SendMessage,
)
from social.events.typing import TYPING
from social.selectors import messages as selectors
from social.selectors.groups import group_of_member
from social.services import messages as services
from social.services.reading import mark_read

messages = Commands()


def _lane(wanted: Any) -> Room:
    return GroupRoom(wanted.room_id)


@messages.handles(SendMessage, lane=_lane)
def on_send(call: Call, wanted: SendMessage) -> MessageContent:
    message = services.send_message(
        actor=signed_in(call.identity),
        group_id=wanted.room_id,
        text=wanted.text,
        reply_to_id=wanted.reply_to_id,
        attachments=wanted.attachments,
        joined=call.present,
    )
    typing_arrived(call, GroupRoom(wanted.room_id), TYPING, message.sender_id)
    return selectors.own_content(message)


@messages.handles(EditMessage)
def on_edit(call: Call, wanted: EditMessage) -> MessageContent:
    message = services.edit_message(actor=signed_in(call.identity), message_id=wanted.message_id, text=wanted.text)
    realtime.about(ref(message))  # what changes nothing emits no event, and gets the same answer
    return selectors.own_content(message)


@messages.handles(DeleteMessage)
def on_delete(call: Call, wanted: DeleteMessage) -> MessageGone:
    services.delete_message(actor=signed_in(call.identity), message_id=wanted.message_id)
    return MessageGone(message_id=wanted.message_id)


@messages.handles(ReactToMessage)
def on_react(call: Call, wanted: ReactToMessage) -> ReactionCounts:
    services.react_to_message(
        actor=signed_in(call.identity), message_id=wanted.message_id, kind=wanted.kind, on=wanted.on
    )
    counts = selectors.reactions_of([wanted.message_id]).get(wanted.message_id, {})
    return ReactionCounts(message_id=wanted.message_id, reactions=counts)


@messages.handles(MarkRead)
def on_read(call: Call, wanted: MarkRead) -> ReadState:
    membership = mark_read(
        actor=signed_in(call.identity),
        group_id=wanted.room_id,
        number=wanted.number,
        connection_id=call.connection_id,
    )
    unread = membership.group.last_number - membership.read_number
    return ReadState(room_id=wanted.room_id, number=membership.read_number, unread_count=unread)


@messages.handles(AskHistory)
def on_history(call: Call, wanted: AskHistory) -> HistoryPage:
    viewer = signed_in(call.identity)
    group = group_of_member(viewer, wanted.room_id)
    found, more = selectors.messages_before(viewer, group, before=wanted.before, limit=wanted.limit)
    return HistoryPage(messages=selectors.shown(found, viewer), before=found[0].number if more else None)


@messages.handles(SearchMessages)
def on_search(call: Call, wanted: SearchMessages) -> FoundMessages:
    viewer = signed_in(call.identity)
    rows = selectors.search(viewer, wanted.query, group_id=wanted.room_id)
    found = page(rows, selectors.SEARCH_ORDER, cursor=wanted.cursor, limit=wanted.limit)
    return FoundMessages(messages=selectors.shown(found.rows, viewer), cursor=found.next)
