// Generated from the contracts by `manage.py export_contracts`. Do not edit.

/** Say something to everybody; for staff. Without `until` (Unix milliseconds) it is in force for a day. */
export interface Announce {
  text: string;
  until?: number | null;
}

/**
 * Staff have something to say to everybody, in force until `until`.
 *
 * Also sent, without a position, to a session that comes while it is in force; `id` tells whether it is known
 * already.
 */
export interface Announced {
  id: number;
  text: string;
  createdAt: number;
  until: number;
}

/** An announcement holds no longer. */
export interface AnnouncementWithdrawn {
  id: number;
}

/** What was said in a group before the message with the number `before` (null: the newest). */
export interface AskHistory {
  roomId: number;
  before?: number | null;
  limit?: number;
}

/** Who is in a group now; for its members. */
export interface AskRoom {
  roomId: number;
}

/** A file for the group's members; `kind` is image, audio or file, `size` in bytes. */
export interface AttachmentContent {
  id: number;
  kind: string;
  name: string;
  contentType: string;
  size: number;
  width: number | null;
  height: number | null;
  url: string;
}

/**
 * Something happens around one of your books right now; no entry of the bell.
 *
 * `kind` is comment, review or subscription.
 */
export interface AuthorAlert {
  kind: string;
  bookId: number;
  chapterId: number | null;
  count: number;
}

/** End somebody's membership, and let them in no more. */
export interface BanUser {
  roomId: number;
  userId: number;
  reason?: string;
}

/** You have blocked somebody, or no longer; for all your devices. The other gets no event. */
export interface BlockChanged {
  userId: number;
  username: string;
  blocked: boolean;
}

/** Have nothing to do with this person: follows end both ways, and neither sees, answers or invites the other. */
export interface BlockPerson {
  userId: number;
}

/** Whether you block this person now. */
export interface Blocking {
  userId: number;
  blocked: boolean;
}

/** The book's description, people or order of chapters changed; fetch it again over HTTP. */
export interface BookUpdated {
  bookId: number;
  title: string;
  slug: string;
}

/**
 * Who takes part in the group's call, each time that changes; nobody: there is none. Sound goes elsewhere.
 *
 * `participants` is null where there are more than 100.
 */
export interface CallChanged {
  roomId: number;
  participantCount: number;
  participants: Array<PresentUser> | null;
  version: number;
}

/** Who takes part in the group's call; `participants` is null where there are more than 100. */
export interface CallState {
  roomId: number;
  participantCount: number;
  participants: Array<PresentUser> | null;
}

/**
 * A chapter is out, for those on the book and, of a public book, the followers of its authors.
 *
 * `audio_url` and `narrator_name` are null until it is narrated. `silent`: nobody was notified beside.
 */
export interface ChapterAvailable {
  bookId: number;
  chapterId: number;
  title: string;
  number: number;
  audioUrl: string | null;
  narratorName: string | null;
  bookTitle: string;
  bookSlug: string;
  volume: string;
  wordCount: number;
  publishedAt: number;
  silent: boolean;
}

/** The parts of a chapter that change; a longer text than a frame holds is saved over HTTP. */
export interface ChapterChange {
  title: string;
  text: string;
  note: string;
  volume: string;
  silent: boolean;
  version?: number | null;
}

/** A public chapter that a message links to, unfolded; `url` is its address on this site. */
export interface ChapterLink {
  url: string;
  chapterId: number;
  chapterTitle: string;
  number: number;
  bookId: number;
  bookTitle: string;
  bookSlug: string;
  cover: string | null;
}

/** When the chapter came out. */
export interface ChapterRelease {
  chapterId: number;
  bookId: number;
  number: number;
  publishedAt: number;
}

/** A chapter was taken back or deleted (then `deleted`). */
export interface ChapterRemoved {
  bookId: number;
  chapterId: number;
  deleted: boolean;
}

/** For those who write: the chapter comes out at `publish_at`; null: it is off the schedule. */
export interface ChapterScheduled {
  bookId: number;
  chapterId: number;
  publishAt: number | null;
}

/**
 * A chapter was changed; that of an unpublished one goes to its `draft:` room only. The text is fetched over HTTP.
 *
 * `changed_paragraphs` are ids in the order of the new text; null: too many to list. `title` only when it changed.
 */
export interface ChapterUpdated {
  bookId: number;
  chapterId: number;
  version: number;
  changedParagraphs: Array<string> | null;
  wordCount: number;
  title?: string | null;
}

/** Which version of the chapter there is now. */
export interface ChapterVersion {
  chapterId: number;
  version: number;
}

/** Merging has lost or doubled words, more of them, or they are settled: `draft:clashes` tells what there is. */
export interface ClashChanged {
  chapterId: number;
  clashId: number;
  kind: string;
  isSettled: boolean;
}

/**
 * Words to be looked at. `kind`: `swallowed`, typed into what somebody took out; `doubled`, put in by two at once.
 *
 * `before` and `after` are letters around the words, at most 60, as their author saw them; empty where not known.
 * Nobody is the author of what the server wrote.
 */
export interface ClashContent {
  clashId: number;
  kind: string;
  words: string;
  before: string;
  after: string;
  createdAt: number;
  userId: number | null;
  username: string | null;
  displayName: string | null;
}

/** `is_ours` is false where somebody else was first: they have put the words back, or thrown them away. */
export interface ClashSettled {
  clashId: number;
  isOurs: boolean;
}

/** What is not settled, the oldest first; at most 50. */
export interface Clashes {
  clashes: Array<ClashContent>;
}

/** End a group (`group:5`) for everybody, as its owner could with `room:delete`. */
export interface CloseRoom {
  room: string;
  reason?: string;
}

/** The room that has been closed. */
export interface Closed {
  room: string;
}

/** This page is in front again. */
export interface ComeBack {
}

/** A comment as everybody sees it; `author` is a username, `depth` 0 for no reply. */
export interface CommentContent {
  id: number;
  chapterId: number;
  text: string;
  author: string;
  authorId: number;
  authorName: string;
  createdAt: number;
  parentId: number | null;
  paragraph: string | null;
  depth: number;
  path: string;
}

/** A comment was deleted, or (then `moderated`) taken out of sight by a moderator. */
export interface CommentDeleted {
  id: number;
  chapterId: number;
  moderated: boolean;
}

/** The comment that is no longer there. */
export interface CommentGone {
  commentId: number;
}

/** Somebody commented on the chapter. */
export interface CommentNew {
  id: number;
  chapterId: number;
  text: string;
  author: string;
  authorId: number;
  authorName: string;
  createdAt: number;
  parentId: number | null;
  paragraph: string | null;
  depth: number;
  path: string;
}

/** A comment was edited, or is to be seen again; the whole of it, as it is now. */
export interface CommentUpdated {
  id: number;
  chapterId: number;
  text: string;
  author: string;
  authorId: number;
  authorName: string;
  createdAt: number;
  parentId: number | null;
  paragraph: string | null;
  depth: number;
  path: string;
  editedAt: number | null;
}

/** The author closed the chapter's comments, or opened them again. */
export interface CommentsLockedChanged {
  chapterId: number;
  locked: boolean;
}

/** Somebody whom you follow and who follows you. */
export interface Contact {
  userId: number;
  username: string;
  displayName: string;
}

/** A contact has been gone from all their pages and devices for the grace (30 s). */
export interface ContactOffline {
  userId: number;
  username: string;
  displayName: string;
  version: number;
}

/**
 * Somebody whom you follow and who follows you is there, with the first of their pages and devices.
 *
 * Of one person a smaller `version` than the last is old news.
 */
export interface ContactOnline {
  userId: number;
  username: string;
  displayName: string;
  version: number;
}

/** Your contacts who are online, when you come to `/social` or `/rooms`. */
export interface ContactsListed {
  contacts: Array<Contact>;
}

/** Your contacts who are online now and show it. */
export interface ContactsOnline {
  contacts: Array<Contact>;
}

/** How many people are in a book's room. */
export interface CountReaders {
  bookId: number;
}

/**
 * Report to the moderators a comment, a message in one of your groups, or a person; `id` is its own.
 *
 * They see it with its context. The same again is the report that waits already; five about one thing are enough.
 */
export interface CreateReport {
  kind: "comment" | "message" | "person";
  id: number;
  reason: string;
}

/**
 * Make a group; you are its owner and first member. Join it to talk.
 *
 * Ephemeral (not `persistent`) ones end when nobody is there any more, with `autoDelete` already when you go.
 * `isPublic` is `isPrivate` the other way round, for older clients.
 */
export interface CreateRoom {
  name: string;
  description?: string;
  isPrivate?: boolean;
  isPublic?: boolean | null;
  password?: string | null;
  maxUsers?: number | null;
  persistent?: boolean;
  autoDelete?: boolean;
  restrictInvitations?: boolean;
}

/** Your part in a book: `state` is offered, accepted or ended; `rights` are names. */
export interface CreditChanged {
  bookId: number;
  bookTitle: string;
  creditId: number;
  kind: string;
  rights: Array<string>;
  state: string;
}

/** Decline an invitation to a group. */
export interface DeclineInvitation {
  roomId: number;
}

/** Take back what you have said; moderators take away what others said. */
export interface DeleteComment {
  commentId: number;
}

/** Take back what you have said; moderators remove what others said. */
export interface DeleteMessage {
  messageId: number;
}

/** End a group for everybody; its owner may, and staff. */
export interface DeleteRoom {
  roomId: number;
  reason?: string;
}

/** End the open connections of a person, who may come again (to keep them out, close their account). */
export interface DisconnectPerson {
  userId: number;
  reason?: string;
}

/** Whose connections have been ended. */
export interface Disconnected {
  userId: number;
}

/** Somebody's caret in the draft has moved, or is gone. Everybody in the draft's room gets it but for themselves. */
export interface DraftAwareness {
  clientId: number;
  clock: number;
  userId: number;
  username: string;
  displayName: string;
  color: string;
  state?: Record<string, unknown> | null;
}

/** The draft has changed; to be applied to one's copy. All in its room get it but the connection that wrote it. */
export interface DraftUpdate {
  update: string;
}

/** Change what you have said; the answer is the comment. */
export interface EditComment {
  commentId: number;
  text: string;
}

/** Change what you have said; the answer is the message. */
export interface EditMessage {
  messageId: number;
  text: string;
}

/**
 * Everybody else who types in a chapter in one way, each time it changes; whoever stops falls out by themselves.
 *
 * Sent to all in the room. On the connection on which one types oneself one is left out; other devices of the
 * same person leave out their own id. An older `version` than the one known is to be ignored.
 */
export interface EditorsTyping {
  chapterId: number;
  kind: string;
  typing: Array<TypingPerson>;
  version: number;
}

/** You follow somebody, or no longer; for all your devices. */
export interface FollowChanged {
  userId: number;
  username: string;
  following: boolean;
}

/** Follow this person: you are notified of everything that they publish. */
export interface FollowPerson {
  userId: number;
}

/** Whether you follow this person now. */
export interface Following {
  userId: number;
  following: boolean;
}

/** Messages from newer to older; `cursor` brings those that follow, null when there are none. */
export interface FoundMessages {
  messages: Array<MessageShown>;
  cursor: string | null;
}

/**
 * This page is in the background now: its person is away in all their rooms once all their pages are.
 *
 * Holds for the session, and for the rooms that it enters later; say it again after a reconnection.
 */
export interface GoAway {
}

/** Answers `{time}` as `session:ping` does, and says `pong`: for clients with a heartbeat of their own. */
export interface Heartbeat {
}

/** In place of an event that nobody may see any more, or that this session may not see. */
export interface Hidden {
}

/** Messages from older to newer; `before` is what to ask for next, null when there are none older. */
export interface HistoryPage {
  messages: Array<MessageShown>;
  before: number | null;
}

/** You have been invited to read a private book. */
export interface InvitationChanged {
  bookId: number;
  bookTitle: string;
  invitationId: number;
}

/** Ask somebody into a group; any member may, unless its owner left that to the moderators. */
export interface InvitePerson {
  roomId: number;
  userId: number;
}

/**
 * Enter a book's room and be counted among its readers. With `since`, what was missed comes first.
 *
 * The answer has `room`, `position`, `userCount`, `guestCount` and, with `since`, `recovered`.
 */
export interface JoinBook {
  bookId: number;
  since?: Position | null;
}

/** Take part in the group's call. For who has joined the group. */
export interface JoinCall {
  roomId: number;
}

/** Enter a chapter's room and be counted among its readers; the answer is that of `book:join`. */
export interface JoinChapter {
  chapterId: number;
  since?: Position | null;
}

/** Enter the room of a chapter's writing; the answer is that of `book:join`. */
export interface JoinDraft {
  chapterId: number;
  since?: Position | null;
}

/**
 * Become a member, if you are none, enter the room and be counted as there. With `since`, what was missed follows.
 *
 * The answer has `room`, `roomName` (of the stream), `position`, presence as in `book:join`, `members` (up to 100),
 * `messages` (the last 50, which may include some that follow as events), `role`, `readNumber`, `call` (who takes
 * part, null: nobody), and with `since` `recovered`. Refused with ROOM_NOT_FOUND, BANNED, NOT_INVITED,
 * WRONG_PASSWORD, ROOM_FULL; new memberships with RATE_LIMITED beyond 10 a minute.
 */
export interface JoinRoom {
  roomId: number;
  password?: string | null;
  invite?: string | null;
  since?: Position | null;
}

/** End somebody's membership; they may come back. */
export interface KickMember {
  roomId: number;
  userId: number;
  reason?: string;
}

/** From commit to fan-out, in milliseconds. */
export interface Latencies {
  p50: number;
  p95: number;
  p99: number;
}

/** Leave a book's room. */
export interface LeaveBook {
  bookId: number;
}

/** Take part no longer; leaving the group and losing the connection say it too. */
export interface LeaveCall {
  roomId: number;
}

/** Leave a chapter's room. */
export interface LeaveChapter {
  chapterId: number;
}

/** Leave the room of a chapter's writing. */
export interface LeaveDraft {
  chapterId: number;
}

/** End your membership, on all your devices. To be only away from it, leave the page, or `room:unsubscribe`. */
export interface LeaveRoom {
  roomId: number;
}

/** Get the words of the draft that merging has lost or doubled. For those who may write it. */
export interface ListClashes {
  chapterId: number;
}

/** Tells who of your contacts is online. */
export interface ListContacts {
}

/** Your notifications, a page at a time; `unread`: only those that you have not read. */
export interface ListNotifications {
  cursor?: string | null;
  unread?: boolean;
  limit?: number;
}

/** Lists who is in a room that one receives: after a hole in the versions, or to begin with. */
export interface ListPresent {
  room: string;
}

/** Tells who is connected: in a room, or of a person. Of the processes on this host. */
export interface ListSessions {
  room?: string | null;
  userId?: number | null;
}

/**
 * Make a link that opens the group until `expiresAt`, a week unless you say.
 *
 * The token is kept nowhere: asked again, it is another link.
 */
export interface MakeLink {
  roomId: number;
  expiresAt?: number | null;
}

/** Say that you have read up to a message; a lower number than before marks what follows as unread again. */
export interface MarkRead {
  roomId: number;
  number: number;
}

/**
 * A member as the others see them. `avatar` is the address of a picture, or null.
 *
 * `readNumber` is how far they have read, in small groups; null where receipts are off or they share none.
 */
export interface MemberContent {
  userId: number;
  username: string;
  displayName: string;
  avatar: string | null;
  role: string;
  joinedAt: number;
  readNumber: number | null;
}

/** Somebody became a member; `userCount` with them. */
export interface MemberJoined {
  userId: number;
  username: string;
  displayName: string;
  avatar: string | null;
  role: string;
  joinedAt: number;
  readNumber: number | null;
  roomId: number;
  userCount: number;
}

/** A membership has ended, by the member's wish or, in an ephemeral group, as they are gone (`disconnected`). */
export interface MemberLeft {
  roomId: number;
  userId: number;
  username: string;
  userCount: number;
  disconnected: boolean;
}

/** A moderator removed somebody, who gets it in `user:`; `banned`: they may not come back. */
export interface MemberRemoved {
  roomId: number;
  userId: number;
  reason: string;
  banned: boolean;
  userCount: number;
}

/** Somebody's part changed: `role` is owner, moderator or member; null: no member, but `banned`, or no longer. */
export interface MemberUpdated {
  roomId: number;
  userId: number;
  role: string | null;
  banned: boolean;
}

/**
 * A message as every member sees it.
 *
 * `number` is dense within the group. `type` is text, or the kind of its first attachment. `mentions` are ids of
 * members. `reactions`: how many of each kind. Of a `deleted` one only its place is left.
 */
export interface MessageContent {
  id: number;
  number: number;
  roomId: number;
  type: string;
  text: string;
  sender: Sender;
  replyTo: ReplyTo | null;
  mentions: Array<number>;
  attachments: Array<AttachmentContent>;
  links: Array<ChapterLink>;
  reactions: Record<string, number>;
  createdAt: number;
  editedAt: number | null;
  deleted: boolean;
}

/** A message was taken back, or (then `moderated`) removed. */
export interface MessageDeleted {
  id: number;
  number: number;
  roomId: number;
  moderated: boolean;
}

/** The message that is no longer there. */
export interface MessageGone {
  messageId: number;
}

/**
 * Somebody said something. For its sender everything up to it is read now.
 *
 * Whoever has blocked or muted its sender, or is blocked by them, gets `hidden` in its place; so with edits. What a
 * third person's message says of them is left out: `replyTo` is null, and `mentions` are without them.
 */
export interface MessageNew {
  id: number;
  number: number;
  roomId: number;
  type: string;
  text: string;
  sender: Sender;
  replyTo: ReplyTo | null;
  mentions: Array<number>;
  attachments: Array<AttachmentContent>;
  links: Array<ChapterLink>;
  reactions: Record<string, number>;
  createdAt: number;
  editedAt: number | null;
  deleted: boolean;
}

/** How many of each kind a message has now; kinds that nobody gave are left out. */
export interface MessageReactions {
  messageId: number;
  roomId: number;
  reactions: Record<string, number>;
}

/** How far somebody has read, in small groups; nothing of people who keep what they read to themselves. */
export interface MessageReceipt {
  roomId: number;
  userId: number;
  number: number;
}

/** A message as one member sees it: `ownReactions` are the kinds that they gave. */
export interface MessageShown {
  id: number;
  number: number;
  roomId: number;
  type: string;
  text: string;
  sender: Sender;
  replyTo: ReplyTo | null;
  mentions: Array<number>;
  attachments: Array<AttachmentContent>;
  links: Array<ChapterLink>;
  reactions: Record<string, number>;
  createdAt: number;
  editedAt: number | null;
  deleted: boolean;
  ownReactions: Array<string>;
}

/** A message was edited: the whole of it, as it is now. */
export interface MessageUpdated {
  id: number;
  number: number;
  roomId: number;
  type: string;
  text: string;
  sender: Sender;
  replyTo: ReplyTo | null;
  mentions: Array<number>;
  attachments: Array<AttachmentContent>;
  links: Array<ChapterLink>;
  reactions: Record<string, number>;
  createdAt: number;
  editedAt: number | null;
  deleted: boolean;
}

/** You have muted somebody, or no longer; for all your devices. The other gets no event. */
export interface MuteChanged {
  userId: number;
  username: string;
  muted: boolean;
}

/** Get no notification of this person, and have what they say folded away; they learn nothing. */
export interface MutePerson {
  userId: number;
}

/** Whether you mute this person now. */
export interface Muting {
  userId: number;
  muted: boolean;
}

/** Somebody by name. */
export interface Named {
  id: number;
  username: string;
  displayName: string;
}

/** Some notifications, the newest first; `next` is the cursor of the older ones, null when there are none. */
export interface NotificationPage {
  notifications: Array<Shown>;
  next: string | null;
  unread: number;
}

/** What a notification was about is gone, and the notification with it. */
export interface NotificationRemoved {
  id: number;
}

/** You have read on another device: these, or (null) all that had occurred by `readAt`. */
export interface NotificationsRead {
  ids: Array<number> | null;
  readAt: number;
  unread: number;
}

/** You have a new notification, or one that you have has become newer (same id, higher count). */
export interface Notified {
  id: number;
  type: string;
  message: string;
  url: string;
  count: number;
  createdAt: number;
  occurredAt: number;
  readAt?: number | null;
  bookId?: number | null;
  chapterId?: number | null;
  commentId?: number | null;
  reviewId?: number | null;
  userId?: number | null;
  groupId?: number | null;
  messageId?: number | null;
}

/**
 * Get the draft, or what one's copy lacks; its room has to be joined before, so that nothing is missed in between.
 *
 * `vector` is the copy's state vector, `epoch` the document that it is of; an older one is refused for good
 * (DOCUMENT_CHANGED). Whatever the answer's `vector` lacks is to be sent with `draft:update`. To be repeated whenever
 * the room was reset, and after every reconnection.
 */
export interface OpenDraft {
  chapterId: number;
  epoch?: string | null;
  vector?: string | null;
}

/** A session in one of the server processes of this host. `rooms`: what it receives, and how. */
export interface OpenSession {
  process: number;
  connectionId: string;
  address: string;
  namespace: string;
  userId: number | null;
  username: string;
  buffered: number;
  congested: boolean;
  rooms: Record<string, unknown>;
}

/** The sessions that are found, at most 1,000. */
export interface OpenSessions {
  sessions: Array<OpenSession>;
}

/**
 * The answer to opening a document. `update`: what the caller lacks; `vector`: the state vector of what is here.
 *
 * `awareness`: who points where, as the ephemeral event tells it later.
 */
export interface OpenedDocument {
  epoch: string;
  schema: number;
  role: string;
  update: string;
  vector: string;
  awareness: Array<Pointed>;
}

/** A person as others see them. `avatar` is the address of a picture, or None. */
export interface Person {
  id: number;
  username: string;
  displayName: string;
  avatar: string | null;
}

/** Answers `{time}`, the server's Unix milliseconds. */
export interface Ping {
}

/**
 * Show the others where one's caret is: `state` is `{cursor: {anchor, head} | null}`, null on leaving.
 *
 * At most twenty a second of one copy are passed on, the newest.
 */
export interface PointInDraft {
  chapterId: number;
  epoch: string;
  clientId: number;
  clock: number;
  state?: Record<string, unknown> | null;
}

/**
 * Base of a document's ephemeral event: where the caret of one open copy is.
 *
 * `client_id` is the copy's Yjs client. Name and colour are the server's. `state` is
 * `{cursor: {anchor, head} | null}`, two relative positions of Yjs; null for who is gone.
 */
export interface Pointed {
  clientId: number;
  clock: number;
  userId: number;
  username: string;
  displayName: string;
  color: string;
  state?: Record<string, unknown> | null;
}

/**
 * A place in one room's log: everything up to and including `seq` of this `epoch` is known.
 *
 * `seq` 0 is the place before the first event. Two positions compare only within one epoch; another
 * epoch means that history was lost and the room starts afresh (`room:reset`).
 */
export interface Position {
  epoch: string;
  seq: number;
}

/** Say something under a chapter, at one of its paragraphs (by its id), or in reply; the answer is the comment. */
export interface PostComment {
  chapterId: number;
  text: string;
  parentId?: number | null;
  paragraph?: string | null;
}

/** Say what you think of a book of which you have opened a chapter, once; the answer is the review. */
export interface PostReview {
  bookId: number;
  rating: number;
  text?: string;
}

/**
 * How many are in the room now, at most once a second; replaces all that was known before.
 *
 * With `users` the whole list (after something was missed); without, only the numbers changed, or the room
 * has grown beyond 100 people, where nobody is listed, or somebody came or went whom you do not see (a block).
 */
export interface PresenceChanged {
  userCount: number;
  guestCount: number;
  version: number;
  users: Array<PresentUser>;
}

/** Who is in a room; `users` is null where there are more than 100. */
export interface PresenceReply {
  userCount: number;
  guestCount: number;
  version: number;
  users: Array<PresentUser> | null;
}

/** A person who is in the room now; `away` while all their pages are in the background. */
export interface PresentUser {
  userId: number;
  username: string;
  displayName: string;
  away: boolean;
}

/** Your name or picture changed; for all your devices. */
export interface ProfileChanged {
  person: Person;
}

/** Your place in a chapter, for your other devices; `position` is the part read, 0.0 to 1.0. */
export interface ProgressChanged {
  bookId: number;
  chapterId: number;
  position: number;
  paragraph: string | null;
  updatedAt: number;
}

/** The place as it was saved. */
export interface ProgressState {
  chapterId: number;
  position: number;
  paragraph: string | null;
  updatedAt: number;
}

/** Release a chapter now; `silent` notifies nobody (null: as the chapter says). */
export interface PublishChapter {
  chapterId: number;
  silent?: boolean | null;
}

/** Add your reaction (like, love, laugh, wow, sad) to a comment, or take it back with `on` false. */
export interface React {
  commentId: number;
  kind?: string;
  on?: boolean;
}

/** Add your reaction (like, love, laugh, wow, sad) to a message, or take it back with `on` false. */
export interface ReactToMessage {
  messageId: number;
  kind?: string;
  on?: boolean;
}

/** How many of each kind a comment has now; kinds that nobody gave are left out. */
export interface ReactionChanged {
  commentId: number;
  chapterId: number;
  reactions: Record<string, number>;
}

/** How many of each kind the message has now. */
export interface ReactionCounts {
  messageId: number;
  reactions: Record<string, number>;
}

/** How many of each kind the comment has now. */
export interface Reactions {
  commentId: number;
  reactions: Record<string, number>;
}

/** How far you have read in a group, for all your devices. Your own messages mark what was before them as read. */
export interface ReadChanged {
  roomId: number;
  number: number;
  unreadCount: number;
}

/** Marks these as read, or with `all` everything; reading twice does no harm. */
export interface ReadNotifications {
  ids?: Array<number> | null;
  all?: boolean;
}

/** How far you have read. */
export interface ReadState {
  roomId: number;
  number: number;
  unreadCount: number;
}

/** People in a book's room over all processes, and anonymous visitors. */
export interface ReaderCount {
  count: number;
  guestCount: number;
}

/** Goes on being signed in with a fresh access token of the same person; answers `{expiresAt}`. */
export interface RefreshSignIn {
  token: string;
}

/** What a message answers; `senderName` is the name that people read. */
export interface ReplyTo {
  id: number;
  number: number;
  senderId: number;
  senderName: string;
}

/** The report that waits for the moderators. */
export interface ReportFiled {
  id: number;
  kind: string;
  targetId: number;
  state: string;
}

/**
 * Goes on with rooms after a break: each from its position, or from now where that is null.
 *
 * A list of names goes on from now with each. `since` is for clients that keep no positions: the id of the last
 * durable event that they have, whose room goes on behind it.
 *
 * Per room `{recovered: true, replayed, position}`, or `{recovered: false, reason}`: epoch, trimmed or ahead
 * (load the state afresh; the room goes on from `position`), or the code of the error that refuses it.
 */
export interface ResumeSession {
  rooms?: Record<string, Position | null> | Array<string>;
  since?: string | null;
}

/** A review as everybody sees it, and what the book's reviews come to with it. */
export interface ReviewContent {
  id: number;
  bookId: number;
  rating: number;
  text: string;
  author: string;
  authorId: number;
  authorName: string;
  createdAt: number;
  averageRating: number | null;
  reviewCount: number;
}

/** A review was deleted, or (then `moderated`) taken out of sight. */
export interface ReviewDeleted {
  id: number;
  bookId: number;
  moderated: boolean;
  averageRating: number | null;
  reviewCount: number;
}

/** Somebody reviewed the book. */
export interface ReviewNew {
  id: number;
  bookId: number;
  rating: number;
  text: string;
  author: string;
  authorId: number;
  authorName: string;
  createdAt: number;
  averageRating: number | null;
  reviewCount: number;
}

/** A review was edited, or is to be seen again; the whole of it, as it is now. */
export interface ReviewUpdated {
  id: number;
  bookId: number;
  rating: number;
  text: string;
  author: string;
  authorId: number;
  authorName: string;
  createdAt: number;
  averageRating: number | null;
  reviewCount: number;
  editedAt: number | null;
}

/** Whom it was about, and where. */
export interface RoomAndPerson {
  roomId: number;
  userId: number;
}

/**
 * There is a new public group, or one became public.
 *
 * Whoever has blocked its creator, or is blocked by them, gets `hidden` in its place; so with all that follows of it.
 */
export interface RoomAvailable {
  id: number;
  slug: string;
  name: string;
  description: string;
  hasPassword: boolean;
  userCount: number;
  maxUsers: number | null;
  persistent: boolean;
  creatorId: number;
  createdAt: number;
}

/**
 * A group's description, limits or slow mode changed: the whole of it, as it is now.
 *
 * The directory gets it for public groups.
 */
export interface RoomChanged {
  id: number;
  slug: string;
  name: string;
  description: string;
  isPrivate: boolean;
  hasPassword: boolean;
  maxUsers: number | null;
  userCount: number;
  persistent: boolean;
  autoDelete: boolean;
  restrictInvitations: boolean;
  slowSeconds: number;
  creatorId: number;
  lastNumber: number;
  lastActivity: number;
  createdAt: number;
}

/** The group has ended; everybody is taken out of it after this. */
export interface RoomDeleted {
  roomId: number;
  reason: string;
}

/** The group that this was about. */
export interface RoomGone {
  roomId: number;
}

/** Who is in a group; `onlineUsers` is null where there are more than 100, `socketCount` are their connections. */
export interface RoomInfo {
  onlineCount: number;
  onlineUsers: Array<number> | null;
  socketCount: number;
  memberCount: number;
}

/** You are invited to a group; joining it accepts. */
export interface RoomInvited {
  roomId: number;
  roomName: string;
  slug: string;
  invitedBy: Named;
}

/** A link into a group, for whoever has it; its token is sent this once. */
export interface RoomLink {
  id: number;
  token: string;
  url: string;
  expiresAt: number;
}

/** On connect: your groups and public ones, 20 by their last activity; more come in pages over HTTP. */
export interface RoomList {
  rooms: Array<RoomListed>;
}

/** A group in a list: one's own (`isMember`, with `unreadCount`), or a public one. */
export interface RoomListed {
  id: number;
  slug: string;
  name: string;
  description: string;
  isPublic: boolean;
  hasPassword: boolean;
  memberCount: number;
  maxUsers: number | null;
  persistent: boolean;
  lastActivity: number;
  unreadCount: number;
  isMember: boolean;
}

/** Who is there, each time somebody comes or goes; `onlineMembers` is null where there are more than 100. */
export interface RoomMembers {
  roomId: number;
  onlineCount: number;
  onlineMembers: Array<PresentUser> | null;
  version: number;
}

/** A public group has ended, or became private. */
export interface RoomRemoved {
  id: number;
  creatorId: number;
}

/** The group as it is now. */
export interface RoomReply {
  room: RoomState;
}

/**
 * A group as its members see it. `userCount`: its members; in an ephemeral group, who is there.
 *
 * `maxUsers` null: no limit. `lastNumber` is the number of its newest message, `slowSeconds` how long members wait
 * between two (0: not at all).
 */
export interface RoomState {
  id: number;
  slug: string;
  name: string;
  description: string;
  isPrivate: boolean;
  hasPassword: boolean;
  maxUsers: number | null;
  userCount: number;
  persistent: boolean;
  autoDelete: boolean;
  restrictInvitations: boolean;
  slowSeconds: number;
  creatorId: number;
  lastNumber: number;
  lastActivity: number;
  createdAt: number;
}

/**
 * What the server processes of this host count, for staff who said `stats:subscribe`.
 *
 * Rates are a second's, since the `room:stats` before; null in the first. `rooms`: the 100 that most connections
 * receive. Users are people who are signed in. `reconnectionRate`: how often sessions went on from a position,
 * after a break or from a page. `messagesPerSecond`: events written to clients. `deliveryLatencyMs`: of the last 1,000
 * durable events of each process. `errorRate`: refused of all commands, from 0 to 1. `redisMemoryBytes`: null
 * without Redis, or when it does not answer.
 */
export interface RoomStats {
  totalRooms: number;
  emptyRooms: number;
  totalUsers: number;
  rooms: Array<RoomUse>;
  usersPerRoom: Array<RoomsBySize>;
  connections: number;
  connectionRate: number | null;
  reconnectionRate: number | null;
  messagesPerSecond: number | null;
  deliveryLatencyMs: Latencies;
  errorRate: number | null;
  redisMemoryBytes: number | null;
  processes: Array<ServerProcess>;
}

/** An invitation of yours was taken back, or declined on another device. */
export interface RoomUninvited {
  roomId: number;
}

/** How many are in a public group now. */
export interface RoomUpdated {
  id: number;
  creatorId: number;
  userCount: number;
}

/**
 * A room and who receives it now; its people are those who are signed in.
 *
 * `rate`: its events of the log a second. `createdAt`: of groups alone.
 */
export interface RoomUse {
  room: string;
  userCount: number;
  socketCount: number;
  rate: number | null;
  createdAt: number | null;
  type: string;
}

/** How many rooms have so many people, and fewer than the next entry says. */
export interface RoomsBySize {
  atLeast: number;
  rooms: number;
}

/** Save your place in a chapter: `position` is the part read, 0.0 to 1.0; the last save counts. */
export interface SaveProgress {
  chapterId: number;
  position: number;
  paragraph?: string | null;
}

/** Find messages that have all the words, in one of your groups or (without `roomId`) in all of them. */
export interface SearchMessages {
  query: string;
  roomId?: number | null;
  cursor?: string | null;
  limit?: number;
}

/**
 * Say something in a group that you have joined; the answer is the message.
 *
 * `attachments` are ids of files that you uploaded there. `type` (text, image, audio, file, however written) is
 * taken for older clients: what the message is, its attachments say. In slow mode: RATE_LIMITED with `retryAfter`.
 */
export interface SendMessage {
  roomId: number;
  text?: string;
  type?: string;
  replyToId?: number | null;
  attachments?: Array<number>;
}

/** Who said it. `avatar` is the address of a picture, or null. */
export interface Sender {
  id: number;
  username: string;
  displayName: string;
  avatar: string | null;
}

/** A server process of this host; `layer` is `ok` or `down`. */
export interface ServerProcess {
  process: number;
  startedAt: number;
  connections: number;
  layer: string;
}

/** Give a member another part: owner (you become a moderator), moderator or member. For the owner. */
export interface SetRole {
  roomId: number;
  userId: number;
  role: string;
}

/** Take words off that list: before they are put back, for only one may do that, or because nobody misses them. */
export interface SettleClash {
  chapterId: number;
  clashId: number;
}

/** On which of your shelves a book is, sent to all your devices; null: on none. */
export interface ShelfChanged {
  bookId: number;
  shelf: string | null;
}

/**
 * A notification: `type` says of what kind, `count` how many causes it stands for, `url` where it leads.
 *
 * The ids are of what it is about, null where they do not apply. `readAt` is null until it is read.
 */
export interface Shown {
  id: number;
  type: string;
  message: string;
  url: string;
  count: number;
  createdAt: number;
  occurredAt: number;
  readAt?: number | null;
  bookId?: number | null;
  chapterId?: number | null;
  commentId?: number | null;
  reviewId?: number | null;
  userId?: number | null;
  groupId?: number | null;
  messageId?: number | null;
}

/** Make members wait so many seconds between two messages; 0: not at all. For its moderators. */
export interface SlowMode {
  roomId: number;
  seconds: number;
}

/** Begin a call with the group, or take part in the one that is going on. For who has joined the group. */
export interface StartCall {
  roomId: number;
}

/**
 * Tell the others that you are typing; to be repeated at least every 10 seconds while you are.
 *
 * Nothing is shown in groups of more than 100 people, nor of people who keep their typing to themselves.
 */
export interface StartTyping {
  roomId: number;
}

/** How often `room:stats` comes from now on; 0: no longer. */
export interface StatsSubscribed {
  intervalSeconds: number;
}

/** Tell the others that you stopped; sending a message, leaving and losing the connection stop it too. */
export interface StopTyping {
  roomId: number;
}

/** Tell the others that you stopped; without a kind, everything that you type in that chapter. */
export interface StopTypingText {
  chapterId: number;
  kind?: "commenting" | "reviewing" | "writing" | null;
}

/** Follow a book; `level` is all, chapters or muted. */
export interface Subscribe {
  bookId: number;
  level?: string;
}

/** Receives a room without being counted as present, from `since` or from now. */
export interface SubscribeRoom {
  room: string;
  since?: Position | null;
}

/** Get `room:stats` at once and every so many seconds, until this session ends; 0 ends it before. */
export interface SubscribeStats {
  intervalSeconds?: number;
}

/** Your subscription to a book, on all your devices; `level` null: it has ended. */
export interface SubscriptionChanged {
  bookId: number;
  level: string | null;
}

/** The subscription as it is now; `level` null: there is none. */
export interface SubscriptionState {
  bookId: number;
  level: string | null;
}

/** Get what a copy with that state vector lacks. */
export interface SyncDraft {
  chapterId: number;
  epoch: string;
  vector: string;
}

/** What the caller lacks, and the state vector of what is here. */
export interface SyncedDocument {
  update: string;
  vector: string;
}

/**
 * Tell the others that you are typing; to be repeated at least every 3 seconds while you are.
 *
 * `writing` is shown in the chapter's draft room, with the caret; `reviewing` and `commenting` in its room, without.
 * Without a kind it is `writing` for those who have joined the draft, `commenting` otherwise. Nothing is
 * shown in rooms of more than 100 people, nor of people who keep their typing to themselves.
 */
export interface TypeText {
  chapterId: number;
  position?: number | null;
  kind?: "commenting" | "reviewing" | "writing" | null;
}

/**
 * Everybody else who types in the group, each time it changes; whoever stops falls out by themselves.
 *
 * On the connection on which one types oneself one is left out; other devices of the same person leave out their
 * own id. An older `version` than the one known is to be ignored.
 */
export interface TypingChanged {
  roomId: number;
  users: Array<TypingMember>;
  version: number;
}

/** Somebody who types. */
export interface TypingMember {
  userId: number;
  username: string;
  displayName: string;
}

/** Somebody who types, and where (in a draft). */
export interface TypingPerson {
  userId: number;
  username: string;
  displayName: string;
  position?: number | null;
}

/** Let somebody in again. */
export interface UnbanUser {
  roomId: number;
  userId: number;
}

/** End your block; what it ended is not brought back. */
export interface UnblockPerson {
  userId: number;
}

/** Follow this person no longer. */
export interface UnfollowPerson {
  userId: number;
}

/** Take an invitation back. */
export interface UninvitePerson {
  roomId: number;
  userId: number;
}

/** End your mute. */
export interface UnmutePerson {
  userId: number;
}

/** How many notifications you have not read. */
export interface UnreadCount {
  unread: number;
}

/** Follow a book no longer. */
export interface Unsubscribe {
  bookId: number;
}

/** Ends `room:subscribe` and presence there; rooms that are entered by themselves go on. */
export interface UnsubscribeRoom {
  room: string;
}

/** Change a chapter, given either here or as one object in `data`; `version` is the one started from. */
export interface UpdateChapter {
  title: string;
  text: string;
  note: string;
  volume: string;
  silent: boolean;
  version?: number | null;
  chapterId: number;
  data?: ChapterChange | null;
}

/**
 * Change the draft; it is answered once the change is committed, and that is what saved means.
 *
 * Twice is harmless. OUT_OF_SYNC: it builds on something that is not here; send everything beyond `details.vector`.
 */
export interface UpdateDraft {
  chapterId: number;
  epoch: string;
  update: string;
}

/** Change what describes a group that is yours; `password` null or empty: it has none. Omit what does not change. */
export interface UpdateRoom {
  roomId: number;
  name: string;
  description: string;
  isPrivate: boolean;
  password: string | null;
  maxUsers: number | null;
  restrictInvitations: boolean;
}

/** The update is committed. `changed`: it was not known before. */
export interface UpdatedDocument {
  changed: boolean;
}

/** A person in the room put all their pages into the background (`away`), or one of them to the front again. */
export interface UserAway {
  userId: number;
  away: boolean;
  userCount: number;
  guestCount: number;
  version: number;
  timestamp: number;
}

/**
 * A person came into the room, with their first connection; further tabs and devices say nothing.
 *
 * Sent to everybody else in rooms of up to 100 people. `version` is one more than that of the change before;
 * after a hole ask `presence:list`. 0: the server itself does not know more at the moment, take it as it is.
 */
export interface UserJoined {
  userId: number;
  username: string;
  displayName: string;
  away: boolean;
  userCount: number;
  guestCount: number;
  version: number;
  timestamp: number;
}

/**
 * A person left the room with their last connection.
 *
 * `disconnected`: they did not say so; the connection was lost and they did not come back within the grace.
 */
export interface UserLeft {
  userId: number;
  userCount: number;
  guestCount: number;
  disconnected: boolean;
  version: number;
  timestamp: number;
}

/**
 * A person whose connection was lost is back within the grace; for the room they were never gone.
 *
 * `version` is that of the change before, or one more when `away` is another than it was.
 */
export interface UserReconnected {
  userId: number;
  username: string;
  displayName: string;
  away: boolean;
  userCount: number;
  guestCount: number;
  version: number;
  timestamp: number;
}

/** Somebody has kept what the draft says under a name. */
export interface VersionNamed {
  chapterId: number;
  versionId: number;
  kind: string;
  name: string;
  createdAt: number;
  userId: number | null;
  username: string | null;
  displayName: string | null;
}

/** Somebody has made the draft say again what it said then; the change itself is an update like any other. */
export interface VersionRestored {
  chapterId: number;
  versionId: number;
  kind: string;
  name: string;
  createdAt: number;
  userId: number | null;
  username: string | null;
  displayName: string | null;
}

/** Take an announcement back before its time; for staff. */
export interface Withdraw {
  id: number;
}

/** Every event by its name. */
export interface EventMap {
  /**
   * Staff have something to say to everybody, in force until `until`.
   *
   * Also sent, without a position, to a session that comes while it is in force; `id` tells whether it is known
   * already.
   */
  "announcement": Announced;
  /** An announcement holds no longer. */
  "announcement:withdrawn": AnnouncementWithdrawn;
  /**
   * Something happens around one of your books right now; no entry of the bell.
   *
   * `kind` is comment, review or subscription.
   */
  "author:alert": AuthorAlert;
  /** You have blocked somebody, or no longer; for all your devices. The other gets no event. */
  "block:changed": BlockChanged;
  /** The book's description, people or order of chapters changed; fetch it again over HTTP. */
  "book:updated": BookUpdated;
  /**
   * Who takes part in the group's call, each time that changes; nobody: there is none. Sound goes elsewhere.
   *
   * `participants` is null where there are more than 100.
   */
  "call:changed": CallChanged;
  /**
   * A chapter is out, for those on the book and, of a public book, the followers of its authors.
   *
   * `audio_url` and `narrator_name` are null until it is narrated. `silent`: nobody was notified beside.
   */
  "chapter:available": ChapterAvailable;
  /** The author closed the chapter's comments, or opened them again. */
  "chapter:commentsLocked": CommentsLockedChanged;
  /** A chapter was taken back or deleted (then `deleted`). */
  "chapter:removed": ChapterRemoved;
  /** For those who write: the chapter comes out at `publish_at`; null: it is off the schedule. */
  "chapter:scheduled": ChapterScheduled;
  /**
   * A chapter was changed; that of an unpublished one goes to its `draft:` room only. The text is fetched over HTTP.
   *
   * `changed_paragraphs` are ids in the order of the new text; null: too many to list. `title` only when it changed.
   */
  "chapter:updated": ChapterUpdated;
  /** A comment was deleted, or (then `moderated`) taken out of sight by a moderator. */
  "comment:deleted": CommentDeleted;
  /** Somebody commented on the chapter. */
  "comment:new": CommentNew;
  /** A comment was edited, or is to be seen again; the whole of it, as it is now. */
  "comment:updated": CommentUpdated;
  /** Your contacts who are online, when you come to `/social` or `/rooms`. */
  "contact:list": ContactsListed;
  /** A contact has been gone from all their pages and devices for the grace (30 s). */
  "contact:offline": ContactOffline;
  /**
   * Somebody whom you follow and who follows you is there, with the first of their pages and devices.
   *
   * Of one person a smaller `version` than the last is old news.
   */
  "contact:online": ContactOnline;
  /** Your part in a book: `state` is offered, accepted or ended; `rights` are names. */
  "credit:changed": CreditChanged;
  /** Somebody's caret in the draft has moved, or is gone. Everybody in the draft's room gets it but for themselves. */
  "draft:awareness": DraftAwareness;
  /** Merging has lost or doubled words, more of them, or they are settled: `draft:clashes` tells what there is. */
  "draft:clash": ClashChanged;
  /** The draft has changed; to be applied to one's copy. All in its room get it but the connection that wrote it. */
  "draft:update": DraftUpdate;
  /** Somebody has kept what the draft says under a name. */
  "draft:versionNamed": VersionNamed;
  /** Somebody has made the draft say again what it said then; the change itself is an update like any other. */
  "draft:versionRestored": VersionRestored;
  /**
   * Everybody else who types in a chapter in one way, each time it changes; whoever stops falls out by themselves.
   *
   * Sent to all in the room. On the connection on which one types oneself one is left out; other devices of the
   * same person leave out their own id. An older `version` than the one known is to be ignored.
   */
  "editors:typing": EditorsTyping;
  /** You follow somebody, or no longer; for all your devices. */
  "follow:changed": FollowChanged;
  /** In place of an event that nobody may see any more, or that this session may not see. */
  "hidden": Hidden;
  /** You have been invited to read a private book. */
  "invitation:changed": InvitationChanged;
  /** Somebody became a member; `userCount` with them. */
  "member:joined": MemberJoined;
  /** A membership has ended, by the member's wish or, in an ephemeral group, as they are gone (`disconnected`). */
  "member:left": MemberLeft;
  /** A moderator removed somebody, who gets it in `user:`; `banned`: they may not come back. */
  "member:removed": MemberRemoved;
  /** Somebody's part changed: `role` is owner, moderator or member; null: no member, but `banned`, or no longer. */
  "member:updated": MemberUpdated;
  /** A message was taken back, or (then `moderated`) removed. */
  "message:deleted": MessageDeleted;
  /**
   * Somebody said something. For its sender everything up to it is read now.
   *
   * Whoever has blocked or muted its sender, or is blocked by them, gets `hidden` in its place; so with edits. What a
   * third person's message says of them is left out: `replyTo` is null, and `mentions` are without them.
   */
  "message:new": MessageNew;
  /** How far somebody has read, in small groups; nothing of people who keep what they read to themselves. */
  "message:receipt": MessageReceipt;
  /** A message was edited: the whole of it, as it is now. */
  "message:updated": MessageUpdated;
  /** You have muted somebody, or no longer; for all your devices. The other gets no event. */
  "mute:changed": MuteChanged;
  /** You have a new notification, or one that you have has become newer (same id, higher count). */
  "notification": Notified;
  /** How many notifications you have not read. */
  "notification:count": UnreadCount;
  /** You have read on another device: these, or (null) all that had occurred by `readAt`. */
  "notification:read": NotificationsRead;
  /** What a notification was about is gone, and the notification with it. */
  "notification:removed": NotificationRemoved;
  /**
   * How many are in the room now, at most once a second; replaces all that was known before.
   *
   * With `users` the whole list (after something was missed); without, only the numbers changed, or the room
   * has grown beyond 100 people, where nobody is listed, or somebody came or went whom you do not see (a block).
   */
  "presence:changed": PresenceChanged;
  /** Your name or picture changed; for all your devices. */
  "profile:changed": ProfileChanged;
  /** Your place in a chapter, for your other devices; `position` is the part read, 0.0 to 1.0. */
  "progress:changed": ProgressChanged;
  /**
   * How many of each kind a message has now; kinds that nobody gave are left out.
   * How many of each kind a comment has now; kinds that nobody gave are left out.
   */
  "reaction:changed": MessageReactions | ReactionChanged;
  /** How far you have read in a group, for all your devices. Your own messages mark what was before them as read. */
  "read:changed": ReadChanged;
  /** A review was deleted, or (then `moderated`) taken out of sight. */
  "review:deleted": ReviewDeleted;
  /** Somebody reviewed the book. */
  "review:new": ReviewNew;
  /** A review was edited, or is to be seen again; the whole of it, as it is now. */
  "review:updated": ReviewUpdated;
  /**
   * There is a new public group, or one became public.
   *
   * Whoever has blocked its creator, or is blocked by them, gets `hidden` in its place; so with all that follows of it.
   */
  "room:available": RoomAvailable;
  /**
   * A group's description, limits or slow mode changed: the whole of it, as it is now.
   *
   * The directory gets it for public groups.
   */
  "room:changed": RoomChanged;
  /** The group has ended; everybody is taken out of it after this. */
  "room:deleted": RoomDeleted;
  /** You are invited to a group; joining it accepts. */
  "room:invited": RoomInvited;
  /** On connect: your groups and public ones, 20 by their last activity; more come in pages over HTTP. */
  "room:list": RoomList;
  /** Who is there, each time somebody comes or goes; `onlineMembers` is null where there are more than 100. */
  "room:members": RoomMembers;
  /** A public group has ended, or became private. */
  "room:removed": RoomRemoved;
  /**
   * What the server processes of this host count, for staff who said `stats:subscribe`.
   *
   * Rates are a second's, since the `room:stats` before; null in the first. `rooms`: the 100 that most connections
   * receive. Users are people who are signed in. `reconnectionRate`: how often sessions went on from a position,
   * after a break or from a page. `messagesPerSecond`: events written to clients. `deliveryLatencyMs`: of the last 1,000
   * durable events of each process. `errorRate`: refused of all commands, from 0 to 1. `redisMemoryBytes`: null
   * without Redis, or when it does not answer.
   */
  "room:stats": RoomStats;
  /** An invitation of yours was taken back, or declined on another device. */
  "room:uninvited": RoomUninvited;
  /** How many are in a public group now. */
  "room:updated": RoomUpdated;
  /** On which of your shelves a book is, sent to all your devices; null: on none. */
  "shelf:changed": ShelfChanged;
  /** Your subscription to a book, on all your devices; `level` null: it has ended. */
  "subscription:changed": SubscriptionChanged;
  /**
   * Everybody else who types in the group, each time it changes; whoever stops falls out by themselves.
   *
   * On the connection on which one types oneself one is left out; other devices of the same person leave out their
   * own id. An older `version` than the one known is to be ignored.
   */
  "typing:changed": TypingChanged;
  /** A person in the room put all their pages into the background (`away`), or one of them to the front again. */
  "user:away": UserAway;
  /**
   * A person came into the room, with their first connection; further tabs and devices say nothing.
   *
   * Sent to everybody else in rooms of up to 100 people. `version` is one more than that of the change before;
   * after a hole ask `presence:list`. 0: the server itself does not know more at the moment, take it as it is.
   */
  "user:joined": UserJoined;
  /**
   * A person left the room with their last connection.
   *
   * `disconnected`: they did not say so; the connection was lost and they did not come back within the grace.
   */
  "user:left": UserLeft;
  /**
   * A person whose connection was lost is back within the grace; for the room they were never gone.
   *
   * `version` is that of the change before, or one more when `away` is another than it was.
   */
  "user:reconnected": UserReconnected;
}

/** Every command by its name: what it takes and what its ack carries. */
export interface CommandMap {
  /** Say something to everybody; for staff. Without `until` (Unix milliseconds) it is in force for a day. */
  "announce": { payload: Announce; reply: Announced };
  /** Take an announcement back before its time; for staff. */
  "announcement:withdraw": { payload: Withdraw; reply: null };
  /** Goes on being signed in with a fresh access token of the same person; answers `{expiresAt}`. */
  "auth:refresh": { payload: RefreshSignIn; reply: Record<string, unknown> };
  /**
   * Enter a book's room and be counted among its readers. With `since`, what was missed comes first.
   *
   * The answer has `room`, `position`, `userCount`, `guestCount` and, with `since`, `recovered`.
   */
  "book:join": { payload: JoinBook; reply: Record<string, unknown> };
  /** Leave a book's room. */
  "book:leave": { payload: LeaveBook; reply: Record<string, unknown> };
  /** Follow a book; `level` is all, chapters or muted. */
  "book:subscribe": { payload: Subscribe; reply: SubscriptionState };
  /** Follow a book no longer. */
  "book:unsubscribe": { payload: Unsubscribe; reply: SubscriptionState };
  /** Take part in the group's call. For who has joined the group. */
  "call:join": { payload: JoinCall; reply: CallState };
  /** Take part no longer; leaving the group and losing the connection say it too. */
  "call:leave": { payload: LeaveCall; reply: CallState };
  /** Begin a call with the group, or take part in the one that is going on. For who has joined the group. */
  "call:start": { payload: StartCall; reply: CallState };
  /** Enter a chapter's room and be counted among its readers; the answer is that of `book:join`. */
  "chapter:join": { payload: JoinChapter; reply: Record<string, unknown> };
  /** Leave a chapter's room. */
  "chapter:leave": { payload: LeaveChapter; reply: Record<string, unknown> };
  /** Release a chapter now; `silent` notifies nobody (null: as the chapter says). */
  "chapter:publish": { payload: PublishChapter; reply: ChapterRelease };
  /** Change a chapter, given either here or as one object in `data`; `version` is the one started from. */
  "chapter:update": { payload: UpdateChapter; reply: ChapterVersion };
  /** Take back what you have said; moderators take away what others said. */
  "comment:delete": { payload: DeleteComment; reply: CommentGone };
  /** Change what you have said; the answer is the comment. */
  "comment:edit": { payload: EditComment; reply: CommentContent };
  /** Say something under a chapter, at one of its paragraphs (by its id), or in reply; the answer is the comment. */
  "comment:post": { payload: PostComment; reply: CommentContent };
  /** Add your reaction (like, love, laugh, wow, sad) to a comment, or take it back with `on` false. */
  "comment:react": { payload: React; reply: Reactions };
  /** Tells who of your contacts is online. */
  "contact:list": { payload: ListContacts; reply: ContactsOnline };
  /**
   * Show the others where one's caret is: `state` is `{cursor: {anchor, head} | null}`, null on leaving.
   *
   * At most twenty a second of one copy are passed on, the newest.
   */
  "draft:awareness": { payload: PointInDraft; reply: null };
  /** Get the words of the draft that merging has lost or doubled. For those who may write it. */
  "draft:clashes": { payload: ListClashes; reply: Clashes };
  /** Enter the room of a chapter's writing; the answer is that of `book:join`. */
  "draft:join": { payload: JoinDraft; reply: Record<string, unknown> };
  /** Leave the room of a chapter's writing. */
  "draft:leave": { payload: LeaveDraft; reply: Record<string, unknown> };
  /**
   * Get the draft, or what one's copy lacks; its room has to be joined before, so that nothing is missed in between.
   *
   * `vector` is the copy's state vector, `epoch` the document that it is of; an older one is refused for good
   * (DOCUMENT_CHANGED). Whatever the answer's `vector` lacks is to be sent with `draft:update`. To be repeated whenever
   * the room was reset, and after every reconnection.
   */
  "draft:open": { payload: OpenDraft; reply: OpenedDocument };
  /** Take words off that list: before they are put back, for only one may do that, or because nobody misses them. */
  "draft:settle": { payload: SettleClash; reply: ClashSettled };
  /** Get what a copy with that state vector lacks. */
  "draft:sync": { payload: SyncDraft; reply: SyncedDocument };
  /**
   * Change the draft; it is answered once the change is committed, and that is what saved means.
   *
   * Twice is harmless. OUT_OF_SYNC: it builds on something that is not here; send everything beyond `details.vector`.
   */
  "draft:update": { payload: UpdateDraft; reply: UpdatedDocument };
  /** How many people are in a book's room. */
  "get:readerCount": { payload: CountReaders; reply: ReaderCount };
  /** Decline an invitation to a group. */
  "invite:decline": { payload: DeclineInvitation; reply: RoomGone };
  /** Take back what you have said; moderators remove what others said. */
  "message:delete": { payload: DeleteMessage; reply: MessageGone };
  /** Change what you have said; the answer is the message. */
  "message:edit": { payload: EditMessage; reply: MessageContent };
  /** Add your reaction (like, love, laugh, wow, sad) to a message, or take it back with `on` false. */
  "message:react": { payload: ReactToMessage; reply: ReactionCounts };
  /** Say that you have read up to a message; a lower number than before marks what follows as unread again. */
  "message:read": { payload: MarkRead; reply: ReadState };
  /** Find messages that have all the words, in one of your groups or (without `roomId`) in all of them. */
  "message:search": { payload: SearchMessages; reply: FoundMessages };
  /**
   * Say something in a group that you have joined; the answer is the message.
   *
   * `attachments` are ids of files that you uploaded there. `type` (text, image, audio, file, however written) is
   * taken for older clients: what the message is, its attachments say. In slow mode: RATE_LIMITED with `retryAfter`.
   */
  "message:send": { payload: SendMessage; reply: MessageContent };
  /** Your notifications, a page at a time; `unread`: only those that you have not read. */
  "notification:list": { payload: ListNotifications; reply: NotificationPage };
  /** Marks these as read, or with `all` everything; reading twice does no harm. */
  "notification:read": { payload: ReadNotifications; reply: UnreadCount };
  /** Answers `{time}` as `session:ping` does, and says `pong`: for clients with a heartbeat of their own. */
  "ping": { payload: Heartbeat; reply: Record<string, unknown> };
  /**
   * This page is in the background now: its person is away in all their rooms once all their pages are.
   *
   * Holds for the session, and for the rooms that it enters later; say it again after a reconnection.
   */
  "presence:away": { payload: GoAway; reply: null };
  /** This page is in front again. */
  "presence:here": { payload: ComeBack; reply: null };
  /** Lists who is in a room that one receives: after a hole in the versions, or to begin with. */
  "presence:list": { payload: ListPresent; reply: PresenceReply };
  /** Save your place in a chapter: `position` is the part read, 0.0 to 1.0; the last save counts. */
  "progress:save": { payload: SaveProgress; reply: ProgressState };
  /**
   * Report to the moderators a comment, a message in one of your groups, or a person; `id` is its own.
   *
   * They see it with its context. The same again is the report that waits already; five about one thing are enough.
   */
  "report:create": { payload: CreateReport; reply: ReportFiled };
  /** Say what you think of a book of which you have opened a chapter, once; the answer is the review. */
  "review:post": { payload: PostReview; reply: ReviewContent };
  /** End somebody's membership, and let them in no more. */
  "room:ban": { payload: BanUser; reply: RoomAndPerson };
  /** End a group (`group:5`) for everybody, as its owner could with `room:delete`. */
  "room:close": { payload: CloseRoom; reply: Closed };
  /**
   * Make a group; you are its owner and first member. Join it to talk.
   *
   * Ephemeral (not `persistent`) ones end when nobody is there any more, with `autoDelete` already when you go.
   * `isPublic` is `isPrivate` the other way round, for older clients.
   */
  "room:create": { payload: CreateRoom; reply: RoomReply };
  /** End a group for everybody; its owner may, and staff. */
  "room:delete": { payload: DeleteRoom; reply: RoomGone };
  /** What was said in a group before the message with the number `before` (null: the newest). */
  "room:history": { payload: AskHistory; reply: HistoryPage };
  /** Who is in a group now; for its members. */
  "room:info": { payload: AskRoom; reply: RoomInfo };
  /** Ask somebody into a group; any member may, unless its owner left that to the moderators. */
  "room:invite": { payload: InvitePerson; reply: RoomAndPerson };
  /**
   * Become a member, if you are none, enter the room and be counted as there. With `since`, what was missed follows.
   *
   * The answer has `room`, `roomName` (of the stream), `position`, presence as in `book:join`, `members` (up to 100),
   * `messages` (the last 50, which may include some that follow as events), `role`, `readNumber`, `call` (who takes
   * part, null: nobody), and with `since` `recovered`. Refused with ROOM_NOT_FOUND, BANNED, NOT_INVITED,
   * WRONG_PASSWORD, ROOM_FULL; new memberships with RATE_LIMITED beyond 10 a minute.
   */
  "room:join": { payload: JoinRoom; reply: Record<string, unknown> };
  /** End somebody's membership; they may come back. */
  "room:kick": { payload: KickMember; reply: RoomAndPerson };
  /** End your membership, on all your devices. To be only away from it, leave the page, or `room:unsubscribe`. */
  "room:leave": { payload: LeaveRoom; reply: RoomGone };
  /**
   * Make a link that opens the group until `expiresAt`, a week unless you say.
   *
   * The token is kept nowhere: asked again, it is another link.
   */
  "room:link": { payload: MakeLink; reply: RoomLink };
  /** Give a member another part: owner (you become a moderator), moderator or member. For the owner. */
  "room:role": { payload: SetRole; reply: MemberContent };
  /** Make members wait so many seconds between two messages; 0: not at all. For its moderators. */
  "room:slowmode": { payload: SlowMode; reply: RoomReply };
  /** Receives a room without being counted as present, from `since` or from now. */
  "room:subscribe": { payload: SubscribeRoom; reply: Record<string, unknown> };
  /** Let somebody in again. */
  "room:unban": { payload: UnbanUser; reply: RoomAndPerson };
  /** Take an invitation back. */
  "room:uninvite": { payload: UninvitePerson; reply: RoomAndPerson };
  /** Ends `room:subscribe` and presence there; rooms that are entered by themselves go on. */
  "room:unsubscribe": { payload: UnsubscribeRoom; reply: null };
  /** Change what describes a group that is yours; `password` null or empty: it has none. Omit what does not change. */
  "room:update": { payload: UpdateRoom; reply: RoomReply };
  /** Tells who is connected: in a room, or of a person. Of the processes on this host. */
  "session:list": { payload: ListSessions; reply: OpenSessions };
  /** Answers `{time}`, the server's Unix milliseconds. */
  "session:ping": { payload: Ping; reply: Record<string, unknown> };
  /**
   * Goes on with rooms after a break: each from its position, or from now where that is null.
   *
   * A list of names goes on from now with each. `since` is for clients that keep no positions: the id of the last
   * durable event that they have, whose room goes on behind it.
   *
   * Per room `{recovered: true, replayed, position}`, or `{recovered: false, reason}`: epoch, trimmed or ahead
   * (load the state afresh; the room goes on from `position`), or the code of the error that refuses it.
   */
  "session:resume": { payload: ResumeSession; reply: Record<string, unknown> };
  /** Get `room:stats` at once and every so many seconds, until this session ends; 0 ends it before. */
  "stats:subscribe": { payload: SubscribeStats; reply: StatsSubscribed };
  /** Tell the others that you stopped; without a kind, everything that you type in that chapter. */
  "text:stopTyping": { payload: StopTypingText; reply: null };
  /**
   * Tell the others that you are typing; to be repeated at least every 3 seconds while you are.
   *
   * `writing` is shown in the chapter's draft room, with the caret; `reviewing` and `commenting` in its room, without.
   * Without a kind it is `writing` for those who have joined the draft, `commenting` otherwise. Nothing is
   * shown in rooms of more than 100 people, nor of people who keep their typing to themselves.
   */
  "text:typing": { payload: TypeText; reply: null };
  /**
   * Tell the others that you are typing; to be repeated at least every 10 seconds while you are.
   *
   * Nothing is shown in groups of more than 100 people, nor of people who keep their typing to themselves.
   */
  "typing:start": { payload: StartTyping; reply: null };
  /** Tell the others that you stopped; sending a message, leaving and losing the connection stop it too. */
  "typing:stop": { payload: StopTyping; reply: null };
  /** Have nothing to do with this person: follows end both ways, and neither sees, answers or invites the other. */
  "user:block": { payload: BlockPerson; reply: Blocking };
  /** End the open connections of a person, who may come again (to keep them out, close their account). */
  "user:disconnect": { payload: DisconnectPerson; reply: Disconnected };
  /** Follow this person: you are notified of everything that they publish. */
  "user:follow": { payload: FollowPerson; reply: Following };
  /** Get no notification of this person, and have what they say folded away; they learn nothing. */
  "user:mute": { payload: MutePerson; reply: Muting };
  /** End your block; what it ended is not brought back. */
  "user:unblock": { payload: UnblockPerson; reply: Blocking };
  /** Follow this person no longer. */
  "user:unfollow": { payload: UnfollowPerson; reply: Following };
  /** End your mute. */
  "user:unmute": { payload: UnmutePerson; reply: Muting };
}

export const DURABLE_EVENTS: ReadonlySet<keyof EventMap> = new Set([
  "announcement",
  "announcement:withdrawn",
  "block:changed",
  "book:updated",
  "chapter:available",
  "chapter:commentsLocked",
  "chapter:removed",
  "chapter:scheduled",
  "chapter:updated",
  "comment:deleted",
  "comment:new",
  "comment:updated",
  "credit:changed",
  "draft:clash",
  "draft:update",
  "draft:versionNamed",
  "draft:versionRestored",
  "follow:changed",
  "hidden",
  "invitation:changed",
  "member:joined",
  "member:left",
  "member:removed",
  "member:updated",
  "message:deleted",
  "message:new",
  "message:updated",
  "mute:changed",
  "notification",
  "notification:read",
  "notification:removed",
  "profile:changed",
  "reaction:changed",
  "read:changed",
  "review:deleted",
  "review:new",
  "review:updated",
  "room:available",
  "room:changed",
  "room:deleted",
  "room:invited",
  "room:removed",
  "room:uninvited",
  "shelf:changed",
  "subscription:changed",
] as const);

export const DURABLE_COMMANDS: ReadonlySet<keyof CommandMap> = new Set([
  "announce",
  "announcement:withdraw",
  "book:subscribe",
  "book:unsubscribe",
  "chapter:publish",
  "chapter:update",
  "comment:delete",
  "comment:edit",
  "comment:post",
  "comment:react",
  "draft:settle",
  "invite:decline",
  "message:delete",
  "message:edit",
  "message:react",
  "message:read",
  "message:send",
  "notification:read",
  "report:create",
  "review:post",
  "room:ban",
  "room:close",
  "room:create",
  "room:delete",
  "room:invite",
  "room:kick",
  "room:link",
  "room:role",
  "room:slowmode",
  "room:unban",
  "room:uninvite",
  "room:update",
  "user:block",
  "user:disconnect",
  "user:follow",
  "user:mute",
  "user:unblock",
  "user:unfollow",
  "user:unmute",
] as const);

/** The name of a room. */
export type RoomName =
  | `admin:broadcast`
  | `author:${number}`
  | `author:${number}:followers`
  | `book:${number}`
  | `call:${number}`
  | `chapter:${number}`
  | `draft:${number}`
  | `group:directory`
  | `group:${number}`
  | `notifications:${number}`
  | `user:${number}`;

export type ErrorCode =
  | "BANNED"
  | "BROKEN_FILE"
  | "COMMENTS_LOCKED"
  | "CONFLICT"
  | "DOCUMENT_CHANGED"
  | "FORBIDDEN"
  | "FOREIGN_CLIENT"
  | "HISTORY_GONE"
  | "INTERNAL"
  | "NOT_FOUND"
  | "NOT_INVITED"
  | "NOT_JOINED"
  | "NOT_MEMBER"
  | "NOT_OPENED_YET"
  | "OUT_OF_SYNC"
  | "RATE_LIMITED"
  | "REPORTED_ENOUGH"
  | "REQUEST_ID_REUSED"
  | "ROOM_FULL"
  | "ROOM_NOT_FOUND"
  | "TOKEN_EXPIRED"
  | "TOO_LARGE"
  | "UNAUTHENTICATED"
  | "UNAVAILABLE"
  | "UNKNOWN_COMMAND"
  | "VALIDATION"
  | "VERSION_CONFLICT"
  | "WRONG_PASSWORD";

/** Why a connection was closed: 1012 and 4000–4499 reconnect, 4500–4999 stay away. */
export const CloseCode = {
  NORMAL: 1000,
  NOT_TEXT: 1007,
  TOO_BIG: 1009,
  SERVICE_RESTART: 1012,
  HEARTBEAT_TIMEOUT: 4009,
  COME_BACK: 4012,
  TOKEN_EXPIRED: 4401,
  TOO_MANY_CONNECTIONS: 4429,
  UNAUTHENTICATED: 4501,
  FORBIDDEN: 4503,
  REVOKED: 4504,
  ABUSE: 4508,
  PROTOCOL_ERROR: 4509,
} as const;
