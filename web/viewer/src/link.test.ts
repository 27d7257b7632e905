import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Link, type Socket } from './link.js';

class FakeSocket implements Socket {
  binaryType = '';
  bufferedAmount = 0;
  onopen: Socket['onopen'] = null;
  onclose: Socket['onclose'] = null;
  onmessage: Socket['onmessage'] = null;
  sent: number[][] = [];
  closed = false;
  constructor(readonly ticket: string) {}
  send(bytes: Uint8Array): void { this.sent.push([...bytes]); }
  close(): void { this.closed = true; }
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function made() {
  const sockets: FakeSocket[] = [];
  const heard: string[] = [];
  const around = {
    reachable: true,
    pingOut: false,
    last: (): FakeSocket => sockets.at(-1)!,
  };
  const link = new Link({
    connect: (ticket) => {
      const socket = new FakeSocket(ticket);
      sockets.push(socket);
      return socket;
    },
    reachable: () => Promise.resolve(around.reachable),
    random: () => 0.5,
  }, {
    opened: () => heard.push('opened'),
    received: (bytes) => heard.push(`received ${[...bytes]}`),
    textReceived: () => heard.push('text'),
    broken: () => heard.push('broken'),
    refused: () => heard.push('refused'),
    pingDue: () => { heard.push('ping'); return around.pingOut; },
  });
  return { link, sockets, heard, around };
}

describe('Link', () => {
  it('passes messages while it is open, and nothing else', () => {
    const { link, heard, around } = made();
    link.start('t');
    expect(link.send(Uint8Array.of(1))).toBe(false);
    around.last().onopen!();
    expect(link.send(Uint8Array.of(1))).toBe(true);
    around.last().onmessage!({ data: Uint8Array.of(2).buffer });
    around.last().onmessage!({ data: 'text' });
    expect(around.last().sent).toEqual([[1]]);
    expect(heard).toEqual(['opened', 'received 2', 'text']);
  });

  it('leaves out what is droppable when the line is full', () => {
    const { link, around } = made();
    link.start('t');
    around.last().onopen!();
    around.last().bufferedAmount = 1 << 20;
    expect(link.send(Uint8Array.of(1), true)).toBe(false);
    expect(link.send(Uint8Array.of(2))).toBe(true);
  });

  it('waits longer each time, and connects with the newest ticket', async () => {
    const { link, sockets, around } = made();
    around.reachable = false;
    link.start('first');
    around.last().onopen!();
    link.ticket = 'second';
    around.last().onclose!();
    const pauses: number[] = [];
    for (let i = 0; i < 7; i++) {
      const count = sockets.length;
      let pause = 0;
      while (sockets.length === count) {
        await vi.advanceTimersByTimeAsync(100);
        pause += 100;
      }
      pauses.push(pause);
      around.last().onclose!();
    }
    expect(pauses).toEqual([300, 600, 1200, 2400, 4800, 5000, 5000]);
    expect(new Set(sockets.slice(1).map((socket) => socket.ticket))).toEqual(new Set(['second']));
  });

  it('believes a gateway that answers and refuses again and again, but not a line that is down', async () => {
    const { link, sockets, heard, around } = made();
    around.reachable = false;
    link.start('t');
    for (let i = 0; i < 20; i++) {
      around.last().onclose?.();
      await vi.advanceTimersByTimeAsync(6000);
    }
    expect(heard).not.toContain('refused');
    around.reachable = true;
    for (let i = 0; i < 20; i++) {
      around.last().onclose?.();
      await vi.advanceTimersByTimeAsync(6000);
    }
    expect(heard.filter((one) => one === 'refused')).toHaveLength(1);
    const count = sockets.length;
    await vi.advanceTimersByTimeAsync(60000);
    expect(sockets).toHaveLength(count);
  });

  it('notices a line that went silent with a ping out', async () => {
    const { link, heard, around } = made();
    link.start('t');
    around.last().onopen!();
    await vi.advanceTimersByTimeAsync(30000);
    expect(heard).not.toContain('broken');
    around.pingOut = true;
    const socket = around.last();
    await vi.advanceTimersByTimeAsync(2000);
    expect(heard).toContain('broken');
    expect(socket.closed).toBe(true);
  });

  it('tries at once when asked, and never once stopped', async () => {
    const { link, sockets, around } = made();
    link.start('t');
    around.last().onopen!();
    around.last().onclose!();
    link.hurry();
    expect(sockets).toHaveLength(2);
    link.hurry();
    expect(sockets).toHaveLength(2);
    link.stop();
    link.hurry();
    await vi.advanceTimersByTimeAsync(60000);
    expect(sockets).toHaveLength(2);
    expect(around.last().closed).toBe(true);
  });
});
