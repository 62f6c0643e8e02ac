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

/** You have blocked somebody, or no longer; for all your devices. The other is not told. */
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
 * A chapter was changed; of an unpublished one only its `draft:` room hears. The text is fetched over HTTP.
 *
 * `changed_paragraphs` are indices in the new text, in order; null: too many to list. `title` only when it changed.
 */
export interface ChapterUpdated {
  bookId: number;
  chapterId: number;
  version: number;
  changedParagraphs: Array<number> | null;
  wordCount: number;
  title?: string | null;
}

/** Which version of the chapter there is now. */
export interface ChapterVersion {
  chapterId: number;
  version: number;
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
  paragraph: number | null;
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
  paragraph: number | null;
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
  paragraph: number | null;
  depth: number;
  path: string;
  editedAt: number | null;
}

/** The author closed the chapter's comments, or opened them again. */
export interface CommentsLockedChanged {
  chapterId: number;
  locked: boolean;
}

/** How many people are in a book's room. */
export interface CountReaders {
  bookId: number;
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

/** Take back what you have said; moderators take away what others said. */
export interface DeleteComment {
  commentId: number;
}

/** Change what you have said; the answer is the comment. */
export interface EditComment {
  commentId: number;
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

/** Hear of everything that this person publishes. */
export interface FollowPerson {
  userId: number;
}

/** Whether you follow this person now. */
export interface Following {
  userId: number;
  following: boolean;
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

/** Stands where an event was that nobody may see any more, or that this session may not see. */
export interface Hidden {
}

/** You have been invited to read a private book. */
export interface InvitationChanged {
  bookId: number;
  bookTitle: string;
  invitationId: number;
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

/** Leave a book's room. */
export interface LeaveBook {
  bookId: number;
}

/** Leave a chapter's room. */
export interface LeaveChapter {
  chapterId: number;
}

/** Leave the room of a chapter's writing. */
export interface LeaveDraft {
  chapterId: number;
}

/** Your notifications, a page at a time; `unread`: only those that you have not read. */
export interface ListNotifications {
  cursor?: string | null;
  unread?: boolean;
  limit?: number;
}

/** Tells who is in a room that one receives: after a hole in the versions, or to begin with. */
export interface ListPresent {
  room: string;
}

/** You have muted somebody, or no longer; for all your devices. The other is not told. */
export interface MuteChanged {
  userId: number;
  username: string;
  muted: boolean;
}

/** Hear nothing of this person in your notifications, and have what they say folded away; they learn nothing. */
export interface MutePerson {
  userId: number;
}

/** Whether you mute this person now. */
export interface Muting {
  userId: number;
  muted: boolean;
}

/** Some notifications, the newest first; `next` is the cursor of the older ones, null when there are none. */
export interface NotificationPage {
  notifications: Array<Shown>;
  next: string | null;
  unread: number;
}

/** What you were told of is gone, and the notification with it. */
export interface NotificationRemoved {
  id: number;
}

/** You have read on another device: these, or (null) all that had occurred by `readAt`. */
export interface NotificationsRead {
  ids: Array<number> | null;
  readAt: number;
  unread: number;
}

/** You are told something, or something more about what you were just told (same id, higher count). */
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
 * A place in one room's log: everything up to and including `seq` of this `epoch` is known.
 *
 * `seq` 0 is the place before the first event. Two positions compare only within one epoch; another
 * epoch means that history was lost and the room starts afresh (`room:reset`).
 */
export interface Position {
  epoch: string;
  seq: number;
}

/** Say something under a chapter, at one of its paragraphs, or in reply; the answer is the comment. */
export interface PostComment {
  chapterId: number;
  text: string;
  parentId?: number | null;
  paragraph?: number | null;
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
  paragraph: number;
  updatedAt: number;
}

/** The place as it was saved. */
export interface ProgressState {
  chapterId: number;
  position: number;
  paragraph: number;
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

/** How many of each kind a comment has now; kinds that nobody gave are left out. */
export interface ReactionChanged {
  commentId: number;
  chapterId: number;
  reactions: Record<string, number>;
}

/** How many of each kind the comment has now. */
export interface Reactions {
  commentId: number;
  reactions: Record<string, number>;
}

/** Marks these as read, or with `all` everything; reading twice does no harm. */
export interface ReadNotifications {
  ids?: Array<number> | null;
  all?: boolean;
}

/** People in a book's room over all processes, and anonymous visitors. */
export interface ReaderCount {
  count: number;
  guestCount: number;
}

/** Stays signed in with a fresh access token of the same person; answers `{expiresAt}`. */
export interface RefreshSignIn {
  token: string;
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

/** Save your place in a chapter: `position` is the part read, 0.0 to 1.0; the last save counts. */
export interface SaveProgress {
  chapterId: number;
  position: number;
  paragraph?: number | null;
}

/** On which of your shelves a book stands, on all your devices; null: on none. */
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

/**
 * Tell the others that you are typing; to be repeated at least every 3 seconds while you are.
 *
 * `writing` is heard in the chapter's draft room, with the caret; `reviewing` and `commenting` in its room, without.
 * Without a kind it is `writing` for those who have joined the draft, `commenting` otherwise. In rooms of more than
 * 100 people, and of people who keep their typing to themselves, nobody hears.
 */
export interface TypeText {
  chapterId: number;
  position?: number | null;
  kind?: "commenting" | "reviewing" | "writing" | null;
}

/** Somebody who types, and where (in a draft). */
export interface TypingPerson {
  userId: number;
  username: string;
  displayName: string;
  position?: number | null;
}

/** End your block; what it ended stays ended. */
export interface UnblockPerson {
  userId: number;
}

/** Hear no more of this person. */
export interface UnfollowPerson {
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
 * Heard by everybody else in rooms of up to 100 people. `version` is one more than that of the change before;
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
  /** You have blocked somebody, or no longer; for all your devices. The other is not told. */
  "block:changed": BlockChanged;
  /** The book's description, people or order of chapters changed; fetch it again over HTTP. */
  "book:updated": BookUpdated;
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
   * A chapter was changed; of an unpublished one only its `draft:` room hears. The text is fetched over HTTP.
   *
   * `changed_paragraphs` are indices in the new text, in order; null: too many to list. `title` only when it changed.
   */
  "chapter:updated": ChapterUpdated;
  /** A comment was deleted, or (then `moderated`) taken out of sight by a moderator. */
  "comment:deleted": CommentDeleted;
  /** Somebody commented on the chapter. */
  "comment:new": CommentNew;
  /** A comment was edited, or is to be seen again; the whole of it, as it is now. */
  "comment:updated": CommentUpdated;
  /** Your part in a book: `state` is offered, accepted or ended; `rights` are names. */
  "credit:changed": CreditChanged;
  /**
   * Everybody else who types in a chapter in one way, each time it changes; whoever stops falls out by themselves.
   *
   * Sent to all in the room. On the connection on which one types oneself one is left out; other devices of the
   * same person leave out their own id. An older `version` than the one known is to be ignored.
   */
  "editors:typing": EditorsTyping;
  /** You follow somebody, or no longer; for all your devices. */
  "follow:changed": FollowChanged;
  /** Stands where an event was that nobody may see any more, or that this session may not see. */
  "hidden": Hidden;
  /** You have been invited to read a private book. */
  "invitation:changed": InvitationChanged;
  /** You have muted somebody, or no longer; for all your devices. The other is not told. */
  "mute:changed": MuteChanged;
  /** You are told something, or something more about what you were just told (same id, higher count). */
  "notification": Notified;
  /** How many notifications you have not read. */
  "notification:count": UnreadCount;
  /** You have read on another device: these, or (null) all that had occurred by `readAt`. */
  "notification:read": NotificationsRead;
  /** What you were told of is gone, and the notification with it. */
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
  /** How many of each kind a comment has now; kinds that nobody gave are left out. */
  "reaction:changed": ReactionChanged;
  /** A review was deleted, or (then `moderated`) taken out of sight. */
  "review:deleted": ReviewDeleted;
  /** Somebody reviewed the book. */
  "review:new": ReviewNew;
  /** A review was edited, or is to be seen again; the whole of it, as it is now. */
  "review:updated": ReviewUpdated;
  /** On which of your shelves a book stands, on all your devices; null: on none. */
  "shelf:changed": ShelfChanged;
  /** Your subscription to a book, on all your devices; `level` null: it has ended. */
  "subscription:changed": SubscriptionChanged;
  /** A person in the room put all their pages into the background (`away`), or one of them to the front again. */
  "user:away": UserAway;
  /**
   * A person came into the room, with their first connection; further tabs and devices say nothing.
   *
   * Heard by everybody else in rooms of up to 100 people. `version` is one more than that of the change before;
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
  /** Stays signed in with a fresh access token of the same person; answers `{expiresAt}`. */
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
  /** Say something under a chapter, at one of its paragraphs, or in reply; the answer is the comment. */
  "comment:post": { payload: PostComment; reply: CommentContent };
  /** Add your reaction (like, love, laugh, wow, sad) to a comment, or take it back with `on` false. */
  "comment:react": { payload: React; reply: Reactions };
  /** Enter the room of a chapter's writing; the answer is that of `book:join`. */
  "draft:join": { payload: JoinDraft; reply: Record<string, unknown> };
  /** Leave the room of a chapter's writing. */
  "draft:leave": { payload: LeaveDraft; reply: Record<string, unknown> };
  /** How many people are in a book's room. */
  "get:readerCount": { payload: CountReaders; reply: ReaderCount };
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
  /** Tells who is in a room that one receives: after a hole in the versions, or to begin with. */
  "presence:list": { payload: ListPresent; reply: PresenceReply };
  /** Save your place in a chapter: `position` is the part read, 0.0 to 1.0; the last save counts. */
  "progress:save": { payload: SaveProgress; reply: ProgressState };
  /** Say what you think of a book of which you have opened a chapter, once; the answer is the review. */
  "review:post": { payload: PostReview; reply: ReviewContent };
  /** Receives a room without being counted as present, from `since` or from now. */
  "room:subscribe": { payload: SubscribeRoom; reply: Record<string, unknown> };
  /** Ends `room:subscribe` and presence there; rooms that are entered by themselves go on. */
  "room:unsubscribe": { payload: UnsubscribeRoom; reply: null };
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
  /** Tell the others that you stopped; without a kind, everything that you type in that chapter. */
  "text:stopTyping": { payload: StopTypingText; reply: null };
  /**
   * Tell the others that you are typing; to be repeated at least every 3 seconds while you are.
   *
   * `writing` is heard in the chapter's draft room, with the caret; `reviewing` and `commenting` in its room, without.
   * Without a kind it is `writing` for those who have joined the draft, `commenting` otherwise. In rooms of more than
   * 100 people, and of people who keep their typing to themselves, nobody hears.
   */
  "text:typing": { payload: TypeText; reply: null };
  /** Have nothing to do with this person: follows end both ways, and neither sees, answers or invites the other. */
  "user:block": { payload: BlockPerson; reply: Blocking };
  /** Hear of everything that this person publishes. */
  "user:follow": { payload: FollowPerson; reply: Following };
  /** Hear nothing of this person in your notifications, and have what they say folded away; they learn nothing. */
  "user:mute": { payload: MutePerson; reply: Muting };
  /** End your block; what it ended stays ended. */
  "user:unblock": { payload: UnblockPerson; reply: Blocking };
  /** Hear no more of this person. */
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
  "follow:changed",
  "hidden",
  "invitation:changed",
  "mute:changed",
  "notification",
  "notification:read",
  "notification:removed",
  "profile:changed",
  "reaction:changed",
  "review:deleted",
  "review:new",
  "review:updated",
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
  "notification:read",
  "review:post",
  "user:block",
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
  | `chapter:${number}`
  | `draft:${number}`
  | `notifications:${number}`
  | `user:${number}`;

export type ErrorCode =
  | "BROKEN_FILE"
  | "COMMENTS_LOCKED"
  | "CONFLICT"
  | "FORBIDDEN"
  | "HISTORY_GONE"
  | "INTERNAL"
  | "NOT_FOUND"
  | "NOT_JOINED"
  | "NOT_OPENED_YET"
  | "RATE_LIMITED"
  | "REQUEST_ID_REUSED"
  | "TOKEN_EXPIRED"
  | "TOO_LARGE"
  | "UNAUTHENTICATED"
  | "UNAVAILABLE"
  | "UNKNOWN_COMMAND"
  | "VALIDATION"
  | "VERSION_CONFLICT";

/** Why a connection was closed: 1012 and 4000–4499 reconnect, 4500–4999 stay away. */
export const CloseCode = {
  NORMAL: 1000,
  NOT_TEXT: 1007,
  TOO_BIG: 1009,
  SERVICE_RESTART: 1012,
  SLOW_CLIENT: 4008,
  HEARTBEAT_TIMEOUT: 4009,
  TOKEN_EXPIRED: 4401,
  TOO_MANY_CONNECTIONS: 4429,
  UNAUTHENTICATED: 4501,
  FORBIDDEN: 4503,
  REVOKED: 4504,
  ABUSE: 4508,
  PROTOCOL_ERROR: 4509,
} as const;
