/**
 * What `/admin/v1` answers, as `server.admin_views` builds it.
 */
import type { CallersOf } from "@millstream/kit/ui";

export type Severity = "warning" | "critical" | "failed";

export interface Problem {
  readonly what: string;
  readonly severity: Severity;
  readonly code: string;
  readonly why: string;
}

export interface Slot {
  readonly name: string;
  readonly wal_status: string | null;
  readonly reader_pid: number | null;
  readonly restart_lsn: string | null;
  readonly confirmed_lsn: string | null;
  readonly retained_bytes: number;
  readonly limit_bytes: number | null;
}

export interface LogSample {
  readonly at: number;
  readonly lag_bytes: number;
  readonly lag_seconds: number;
  readonly retained_bytes: number;
}

export interface Log {
  readonly state: "connecting" | "waiting" | "streaming" | "lost";
  readonly applied: string;
  readonly lag_bytes: number | null;
  readonly lag_seconds: number;
  readonly delay_seconds: number;
  readonly slot: Slot | null;
  readonly history: {
    readonly log: string;
    readonly start: string;
    readonly bytes: number;
    readonly held: number;
  } | null;
  readonly recent: readonly LogSample[];
}

export interface Totals {
  readonly joins: number;
  readonly transactions: number;
  readonly changes: number;
  readonly changes_told: number;
  readonly data_requests: number;
  readonly errors: number;
  readonly messages_received: number;
  readonly messages_sent: number;
}

export interface Overview {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly now: number;
  readonly started_at: number;
  readonly status: "ready" | Severity;
  readonly problems: readonly Problem[];
  readonly sockets: number;
  readonly max_sockets: number;
  readonly channels: number;
  readonly subscriptions: number;
  readonly presences: number;
  readonly totals: Totals;
  readonly log: Log;
}

/** A list, or the part of it that fits a search. */
export interface Part<Entry> {
  readonly total?: number;
  readonly fitting?: number;
  readonly shown: readonly Entry[];
}

export interface OpenSocket extends CallersOf {
  readonly id: number;
  readonly address: string;
  readonly vsn: string;
  readonly roles: readonly string[];
  readonly topics: readonly string[];
  readonly channels: number;
  readonly open_seconds: number;
  readonly quiet_seconds: number;
  readonly unsent_bytes: number;
}

export interface JoinedTopic {
  readonly topic: string;
  readonly private: boolean;
  readonly channels: number;
  readonly subscriptions: number;
  readonly presences: number;
}

export interface Listeners {
  readonly schema: string;
  readonly table: string;
  readonly subscriptions: number;
  readonly cohorts: number;
  readonly filtered: number;
}

export interface PresentKey {
  readonly topic: string;
  readonly private: boolean;
  readonly key: string;
  readonly connections: number;
}

export interface OpenRoom {
  readonly namespace: string;
  readonly room: string;
  readonly members: number;
}

export interface RoomConnection extends CallersOf {
  readonly id: number;
  readonly address: string;
  readonly transport: string;
  readonly namespaces: readonly {
    readonly namespace: string;
    readonly role: string;
    readonly rooms: readonly string[];
  }[];
  readonly open_seconds: number;
  readonly quiet_seconds: number;
}

export interface TableWay {
  readonly table: string;
  readonly role: string;
  readonly way: string;
  readonly why: string;
  readonly judges_deletes: boolean;
}
