// One screen over its connections: checks the order of what arrives, draws, acknowledges, and says
// what the page must know. Every connection begins anew: hello, welcome, a whole frame.

import { Decoder, type Area, type Picture } from './decoder.js';
import * as wire from './wire.js';
import { CorruptStream } from './zstd_tables.js';

export type State = 'connecting' | 'waiting' | 'connected' | 'reconnecting' | 'ended';

export interface SessionEvents {
  state(state: State): void;
  ended(why: string): void; // a key of the catalogue
  ticket(ticket: string): void;
  draw(picture: Picture, changed: readonly Area[]): void; // at once: it is acknowledged on return
  cursor(shape: number): void;
  caret(area: Area): void;
  textInput(enabled: boolean, purpose: number): void;
  windows(count: number, fullScreen: boolean): void;
  refused(refusal: Refusal): void;
  latency(milliseconds: number): void;
  greeted(): void; // the session listens from now on
}

export type Refusal = Extract<wire.Incoming, { type: 'refused' }>;

// The order of control::Reason and of the numbers from 100 on in docs/wire.md.
const endings = ['ended', 'browser_exited', 'session_failed', 'egress_failed', 'out_of_memory', 'unclaimed',
  'expired', 'limit_reached', 'unknown_session', 'invalid_request', 'start_failed', 'mechanism_missing',
  'no_space'];
const gatewayEndings = ['signed_out', 'route_withdrawn', 'taken_over', 'user_removed', 'user_reset', 'sign_in_over',
  'terminal_revoked'];

export class Session {
  private decoder = new Decoder();
  private welcome = false;
  private state: State | undefined;
  private pingToken = 0;
  private pingSent = 0;
  private send: (bytes: Uint8Array<ArrayBuffer>) => void = () => undefined;

  constructor(private readonly events: SessionEvents, private readonly now: () => number) {}

  begin(): void {
    this.become('connecting');
  }

  // A connection stands: `send` reaches the gateway.
  opened(send: (bytes: Uint8Array<ArrayBuffer>) => void, size: wire.Size, layout: wire.Layout): void {
    this.send = send;
    this.decoder = new Decoder();
    this.welcome = false;
    this.pingSent = 0;
    send(wire.hello(size, layout));
  }

  broken(): void {
    this.send = () => undefined;
    this.welcome = false;
    if (this.state !== 'ended') this.become(this.decoder.picture.width > 0 ? 'reconnecting' : 'connecting');
  }

  // Ends for a reason found here.
  end(why: string): void {
    this.become('ended');
    this.events.ended(why);
  }

  // False when the connection must be closed for good.
  received(bytes: Uint8Array): boolean {
    if (this.state === 'ended') return false;
    try {
      this.handle(wire.decode(bytes));
    } catch (error) {
      if (!(error instanceof wire.ProtocolError) && !(error instanceof CorruptStream)) throw error;
      console.error(error.message);
      this.end('ended.protocol');
    }
    return (this.state as State) !== 'ended';
  }

  // Sends one unless one is out; returns whether one was.
  ping(): boolean {
    if (!this.welcome || this.pingSent !== 0) return this.pingSent !== 0;
    this.pingToken = (this.pingToken + 1) >>> 0;
    this.pingSent = this.now();
    this.send(wire.ping(this.pingToken));
    return false;
  }

  get greeted(): boolean { return this.welcome; }

  private become(state: State): void {
    if (this.state === state) return;
    this.state = state;
    this.events.state(state);
  }

  private handle(message: wire.Incoming): void {
    switch (message.type) {
      case 'refused': this.events.refused(message); return;
      case 'ticket': this.events.ticket(message.ticket); return;
      case 'waiting': this.become(this.welcome ? 'reconnecting' : 'waiting'); return;
      case 'ended':
        this.end(`ended.${message.reason < 100 ? endings[message.reason]! : gatewayEndings[message.reason - 100]!}`);
        return;
      case 'welcome': this.greet(); return;
      default: this.handleSession(message);
    }
  }

  private greet(): void {
    if (this.welcome) throw new wire.ProtocolError('a second welcome');
    this.welcome = true;
    this.events.greeted();
  }

  private handleSession(message: Exclude<wire.Incoming, { type: 'refused' | 'ticket' | 'waiting' | 'ended' | 'welcome' }>): void {
    if (!this.welcome) throw new wire.ProtocolError('a message before welcome');
    switch (message.type) {
      case 'frame': this.frame(message); return;
      case 'cursor': this.events.cursor(message.shape); return;
      case 'caret': this.events.caret(message); return;
      case 'textInput': this.events.textInput(message.enabled, message.purpose); return;
      case 'windows': this.events.windows(message.count, message.fullScreen); return;
      case 'pong': this.pong(message.token); return;
    }
  }

  private frame(frame: wire.Frame): void {
    const changed = this.decoder.apply(frame);
    if (changed === undefined) return;
    this.events.draw(this.decoder.picture, changed);
    this.send(wire.ack(frame.serial));
    this.become('connected');
  }

  private pong(token: number): void {
    if (this.pingSent === 0 || token !== this.pingToken) throw new wire.ProtocolError('a pong without its ping');
    this.events.latency(this.now() - this.pingSent);
    this.pingSent = 0;
  }
}
