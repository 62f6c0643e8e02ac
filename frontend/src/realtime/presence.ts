import type { PresenceReply } from "./contracts.gen";
import { Store } from "./store";

/** `away`: all their pages are in the background. */
export interface Person {
  userId: number;
  username: string;
  displayName: string;
  away: boolean;
}

/** Who is in a room now. `people` is null where there are too many to list; `version` 0: not known yet. */
export interface Presence {
  userCount: number;
  guestCount: number;
  people: Person[] | null;
  version: number;
}

interface Change {
  userId: number;
  userCount: number;
  guestCount: number;
  version: number;
}

interface Snapshot {
  userCount: number;
  guestCount: number;
  version: number;
  users?: Person[] | null;
}

/** One room's presence, kept from the join's answer and the changes after it; asks afresh when one is missing. */
export class PresenceStore {
  readonly state = new Store<Presence>({ userCount: 0, guestCount: 0, people: [], version: 0 });

  constructor(private readonly ask: () => Promise<PresenceReply>) {}

  /** Takes the whole as a join or `presence:list` answers it. */
  replace(whole: Snapshot): void {
    this.state.set({
      userCount: whole.userCount,
      guestCount: whole.guestCount,
      people: whole.users ?? null,
      version: whole.version,
    });
  }

  joined(change: Change & Person): void {
    const { userId, username, displayName, away } = change;
    const person = { userId, username, displayName, away };
    this.apply(change, (people) => [...people.filter((other) => other.userId !== userId), person]);
  }

  /** Somebody looks away, or at one of their pages again. */
  attended(change: Change & { away: boolean }): void {
    this.apply(change, (people) =>
      people.map((person) => (person.userId === change.userId ? { ...person, away: change.away } : person)),
    );
  }

  left(change: Change): void {
    this.apply(change, (people) => people.filter((other) => other.userId !== change.userId));
  }

  /** Numbers, and with `users` the whole list. */
  counted(snapshot: Snapshot): void {
    if (snapshot.users) {
      this.replace(snapshot);
      return;
    }
    const { people, version } = this.state.value;
    const crowd = snapshot.version !== version;
    this.state.set({
      userCount: snapshot.userCount,
      guestCount: snapshot.guestCount,
      people: crowd ? null : people,
      version: snapshot.version,
    });
    if (crowd && snapshot.userCount <= LISTED) void this.refresh();
  }

  private apply(change: Change, edit: (people: Person[]) => Person[]): void {
    const { people, version } = this.state.value;
    if (change.version !== 0 && change.version <= version) return;
    if (change.version !== 0 && change.version !== version + 1) {
      void this.refresh();
      return;
    }
    this.state.set({
      userCount: change.userCount,
      guestCount: change.guestCount,
      people: people ? edit(people) : null,
      version: change.version || version,
    });
  }

  private async refresh(): Promise<void> {
    try {
      this.replace(await this.ask());
    } catch {
      // No connection: entering the room again brings the whole.
    }
  }
}

const LISTED = 100;
