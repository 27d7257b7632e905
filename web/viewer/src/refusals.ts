// What was blocked, merged: the same host for the same reason is one entry with a count.

import type { Refusal } from './session.js';

// The order of control::RefusalReason; each has a message 'refusal.…' in the catalogue.
const reasons = ['not_listed', 'address_literal', 'private_address', 'terminal_network', 'name_not_found',
  'unreachable', 'server_name_differs', 'malformed', 'expired', 'too_many', 'tls_failed'];

export interface Entry {
  readonly message: string; // a key of the catalogue
  readonly host: string; // may be empty
  readonly place: string; // scheme, host and, where it is not the scheme's own, port; empty without a host
  readonly times: number;
  readonly failed: boolean; // the site is allowed and could not be reached; nothing was blocked
}

// The reasons that only a listed site can give.
const failures = new Set(['name_not_found', 'unreachable', 'tls_failed']);

const maximumEntries = 100;
const maximumTimes = 999999;
const ownPort = { http: 80, https: 443 };

export class Refusals {
  private readonly entries = new Map<string, Entry>();

  // The entry as it stands then. The newest comes first; the oldest is forgotten when there are many.
  add(refusal: Refusal): Entry {
    const { scheme, port, host } = refusal;
    const shown = host.includes(':') ? `[${host}]` : host;
    const place = host === '' ? '' : `${scheme}://${shown}${port === ownPort[scheme] ? '' : `:${port}`}`;
    const key = `${refusal.reason} ${place}`;
    const times = Math.min((this.entries.get(key)?.times ?? 0) + refusal.times, maximumTimes);
    const why = reasons[refusal.reason]!;
    const entry = { message: `refusal.${why}`, host, place, times, failed: failures.has(why) };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > maximumEntries) this.entries.delete(this.entries.keys().next().value!);
    return entry;
  }

  get size(): number { return this.entries.size; }
  list(): Entry[] { return [...this.entries.values()].reverse(); }
}
