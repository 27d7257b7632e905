// The gateway's HTTP API as the console uses it. A failure is a value: a key of the catalogue, and
// what its message wants to know.

export interface Failure {
  readonly error: string;
  readonly values: Readonly<Record<string, string | number>>;
}
export type Answer<Value> = { readonly value: Value } | { readonly failure: Failure };

export interface State {
  readonly signedIn: boolean;
  readonly user: string;
  readonly csrf: string;
  readonly zone: string;
  readonly mustEnrol: boolean;
}
export type Next = 'done' | 'code' | 'enrol';
export interface Enrolment {
  readonly secret: string;
  readonly rows: readonly string[]; // of the QR code: '1' is dark
}
export interface Destination {
  readonly id: string;
  readonly name: { readonly ja: string; readonly en: string };
  readonly allowed: boolean;
  readonly reason: string; // a key of the catalogue; empty where it is allowed
}
export interface ScreenRequest {
  readonly destination: string;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly locale: string;
  readonly layout: string;
}

type Json = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const unexpected: Failure = { error: 'console.unexpected', values: {} };

export class Api {
  private csrf = '';

  constructor(private readonly request: typeof fetch) {}

  async state(): Promise<Answer<State>> {
    return this.read('/api/state', (json) => {
      this.csrf = text(json['csrf']);
      return { signedIn: json['signedIn'] === true, user: text(json['user']), csrf: this.csrf,
        zone: text(json['zone']), mustEnrol: json['mustEnrol'] === true };
    });
  }

  async signIn(user: string, password: string, code?: string): Promise<Answer<Next>> {
    const body = code === undefined ? { user, password } : { user, password, code };
    return this.write('/api/sign-in', body, readNext, 'sign-in');
  }

  async beginEnrolment(): Promise<Answer<Enrolment>> {
    return this.write('/api/enrol/begin', {}, (json) => {
      const rows = (json['qr'] as Json | undefined)?.['rows'];
      if (!Array.isArray(rows) || !rows.every((row) => typeof row === 'string' && /^[01]+$/.test(row))) return undefined;
      return { secret: text(json['secret']), rows: rows as string[] };
    });
  }

  async finishEnrolment(password: string, code: string): Promise<Answer<Next>> {
    return this.write('/api/enrol/finish', { password, code }, readNext);
  }

  async signOut(): Promise<Answer<true>> {
    return this.write('/api/sign-out', {}, () => true as const);
  }

  async destinations(): Promise<Answer<Destination[]>> {
    return this.read('/api/destinations', (json) =>
      Array.isArray(json['destinations']) ? (json['destinations'] as Json[]).map(readDestination) : undefined);
  }

  // The ticket with which the viewer begins, 64 hexadecimal digits.
  async openScreen(screen: ScreenRequest): Promise<Answer<string>> {
    return this.write('/api/screens', { ...screen }, (json) => {
      const ticket = text(json['ticket']);
      return /^[0-9a-f]{64}$/.test(ticket) ? ticket : undefined;
    });
  }

  private async read<Value>(path: string, take: (json: Json) => Value | undefined): Promise<Answer<Value>> {
    return this.exchange(path, { headers: { Accept: 'application/json' } }, take);
  }

  private async write<Value>(path: string, body: Json, take: (json: Json) => Value | undefined,
                             csrf = this.csrf): Promise<Answer<Value>> {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json', 'X-Shoji-CSRF': csrf };
    return this.exchange(path, { method: 'POST', headers, body: JSON.stringify(body) }, take);
  }

  private async exchange<Value>(path: string, init: RequestInit,
                                take: (json: Json) => Value | undefined): Promise<Answer<Value>> {
    let response: Response;
    try {
      response = await this.request(path, { ...init, credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
    } catch {
      return { failure: { error: 'console.unreachable', values: {} } };
    }
    try {
      const json = await response.json() as Json;
      if (!response.ok) return { failure: failureOf(json) };
      const value = take(json);
      return value === undefined ? { failure: unexpected } : { value };
    } catch {
      return { failure: unexpected };
    }
  }
}

function failureOf(json: Json): Failure {
  const seconds = json['retryAfter'];
  return { error: text(json['error']) || unexpected.error,
    values: { ...(typeof seconds === 'number' && { seconds }), rule: text(json['rule']) } };
}

function readNext(json: Json): Next | undefined {
  const next = json['next'];
  return next === 'done' || next === 'code' || next === 'enrol' ? next : undefined;
}

function readDestination(json: Json): Destination {
  const name = json['name'] as Json;
  return { id: text(json['id']), name: { ja: text(name['ja']), en: text(name['en']) },
    allowed: json['allowed'] === true, reason: text(json['reason']) };
}
