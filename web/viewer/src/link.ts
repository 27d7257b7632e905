// The connection to the gateway: one WebSocket at a time, made again by itself with the newest
// ticket when it breaks, watched by pings. It knows nothing of what the messages say.

export interface Socket {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface Surroundings {
  connect(ticket: string): Socket;
  // Whether the gateway answers at all; it tells a line that is down from a ticket that is refused.
  reachable(): Promise<boolean>;
  random(): number; // 0 to 1
}

export interface LinkEvents {
  opened(): void;
  received(bytes: Uint8Array): void;
  textReceived(): void;
  broken(): void; // lost, or not to be had; another attempt follows by itself
  refused(): void; // the gateway answers but no longer lets this screen in
  pingDue(): boolean; // true when an answer is expected
}

const firstPause = 300; // milliseconds
const longestPause = 5000;
const refusalsToBelieve = 4;
const pingInterval = 2000;
const silenceToBreak = 10000; // with an answer expected
const longSilence = 60000; // with none
const maximumBuffered = 1 << 18; // bytes not yet on the line

export class Link {
  ticket = '';
  private socket: Socket | undefined;
  private open = false;
  private stopped = true;
  private attempts = 0;
  private refusals = 0;
  private lastHeard = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heart: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly around: Surroundings, private readonly events: LinkEvents) {}

  start(ticket: string): void {
    this.ticket = ticket;
    this.stopped = false;
    this.attempts = 0;
    this.refusals = 0;
    this.connect();
  }

  // For good.
  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    this.drop();
  }

  // At once, when it is waiting for its next attempt; someone asked for it or the network is back.
  hurry(): void {
    if (this.stopped || this.socket !== undefined) return;
    clearTimeout(this.retry);
    this.connect();
  }

  // Returns false when it was not sent: there is no connection, or it is droppable and the line full.
  send(bytes: Uint8Array<ArrayBuffer>, droppable = false): boolean {
    if (!this.open || this.socket === undefined) return false;
    if (droppable && this.socket.bufferedAmount > maximumBuffered) return false;
    this.socket.send(bytes);
    return true;
  }

  private connect(): void {
    const socket = this.around.connect(this.ticket);
    this.socket = socket;
    this.open = false;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.opened();
    socket.onclose = () => this.closed();
    socket.onmessage = ({ data }) => {
      this.lastHeard = Date.now();
      this.refusals = 0;
      if (data instanceof ArrayBuffer) this.events.received(new Uint8Array(data));
      else this.events.textReceived();
    };
  }

  private opened(): void {
    this.open = true;
    this.lastHeard = Date.now();
    this.heart = setInterval(() => this.beat(), pingInterval);
    this.events.opened();
  }

  private beat(): void {
    const silence = Date.now() - this.lastHeard;
    if (silence > (this.events.pingDue() ? silenceToBreak : longSilence)) this.closed();
  }

  private drop(): void {
    clearInterval(this.heart);
    const { socket } = this;
    this.socket = undefined;
    this.open = false;
    if (socket === undefined) return;
    socket.onopen = socket.onclose = socket.onmessage = null;
    socket.close();
  }

  private closed(): void {
    const wasOpen = this.open;
    this.drop();
    if (this.stopped) return;
    if (wasOpen) this.attempts = 0;
    this.events.broken();
    const pause = Math.min(firstPause * 2 ** this.attempts, longestPause) * (0.8 + 0.4 * this.around.random());
    this.attempts++;
    this.retry = setTimeout(() => this.again(), pause);
  }

  private again(): void {
    void this.around.reachable().then((reachable) => {
      if (this.stopped || this.socket !== undefined) return;
      if (reachable && ++this.refusals > refusalsToBelieve) {
        this.stopped = true;
        this.events.refused();
        return;
      }
      this.connect();
    });
  }
}
