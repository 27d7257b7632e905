import { beforeEach, describe, expect, it, vi } from 'vitest';
import ended from '../../../src/core/text/catalogue/ended.json';
import { Bytes, frame, StoredStream } from '../test/messages.js';
import { Session } from './session.js';

const welcome = new Bytes().u8(1).u16(1).done();
const size = { width: 64, height: 64, scale: 120 };

function made() {
  const heard: string[] = [];
  const sent: number[][] = [];
  let now = 1000;
  const note = (name: string) => (...values: unknown[]) => { heard.push([name, ...values].join(' ')); };
  const session = new Session({
    state: note('state'), ended: note('ended'), ticket: note('ticket'),
    draw: (picture, changed) => { heard.push(`draw ${picture.width} ${changed.length}`); },
    cursor: note('cursor'), caret: ({ x, y }) => { heard.push(`caret ${x} ${y}`); }, textInput: note('textInput'),
    windows: note('windows'), refused: ({ host }) => { heard.push(`refused ${host}`); }, latency: note('latency'),
    greeted: note('greeted'),
  }, () => now);
  const open = (): void => session.opened((bytes) => { sent.push([...bytes]); }, size, 'us');
  return { session, heard, sent, open, later: (by: number) => { now += by; } };
}

beforeEach(() => { vi.spyOn(console, 'error').mockImplementation(() => undefined); });

describe('Session', () => {
  it('greets, draws and acknowledges', () => {
    const { session, heard, sent, open } = made();
    const stream = new StoredStream();
    session.begin();
    open();
    session.received(welcome);
    expect(session.received(frame({ flags: 5, stream }))).toBe(true);
    expect(sent).toHaveLength(1);
    session.received(frame({ flags: 2, rectangles: [[3, 0, 0, 1, 1]], raw: [1, 2, 3], stream }));
    expect(sent).toEqual([[0x80, 1, 0, 64, 0, 64, 0, 120, 0, 1], [0x82, 1, 0, 0, 0]]);
    expect(heard).toEqual(['state connecting', 'greeted', 'draw 64 2', 'state connected']);
  });

  it('tells what it hears', () => {
    const { session, heard, open } = made();
    open();
    session.received(new Bytes().u8(0x43).u16(1).done());
    session.received(welcome);
    for (const bytes of [[3, 4], [4, 1, 0, 2, 0, 1, 0, 1, 0], [5, 1, 0], [6, 2, 0]]) session.received(Uint8Array.from(bytes));
    session.received(new Bytes().u8(0x40, 0, 1).u16(443).u32(1).text('a.example').done());
    session.received(new Bytes().u8(0x41).u8(...Array<number>(32).fill(7)).done());
    expect(heard).toEqual(['state waiting', 'greeted', 'cursor 4', 'caret 1 2', 'textInput true 0', 'windows 2 false',
      'refused a.example', `ticket ${'07'.repeat(32)}`]);
  });

  it('begins anew with every connection', () => {
    const { session, heard, sent, open } = made();
    open();
    session.received(welcome);
    session.received(frame({}));
    session.broken();
    open();
    session.received(welcome);
    session.received(frame({}));
    expect(heard).toEqual(['greeted', 'draw 64 1', 'state connected', 'state reconnecting', 'greeted', 'draw 64 1', 'state connected']);
    expect(sent.filter(([type]) => type === 0x80)).toHaveLength(2);
  });

  it('measures by pings, one at a time', () => {
    const { session, heard, sent, open, later } = made();
    open();
    expect(session.ping()).toBe(false);
    expect(sent).toHaveLength(1);
    session.received(welcome);
    expect(session.ping()).toBe(false);
    expect(session.ping()).toBe(true);
    later(25);
    session.received(new Bytes().u8(7).u32(1).done());
    expect(heard.at(-1)).toBe('latency 25');
    expect(session.ping()).toBe(false);
  });

  it.each<[string, Uint8Array[]]>([
    ['a session that speaks before its welcome', [Uint8Array.of(3, 1)]],
    ['a second welcome', [welcome, welcome]],
    ['a pong that nobody asked for', [welcome, new Bytes().u8(7).u32(1).done()]],
    ['a frame out of order', [welcome, frame({ serial: 2 })]],
    ['a body that is no zstd', [welcome, Uint8Array.from(frame({ rectangles: [[3, 0, 0, 1, 1]], raw: [1, 2, 3] }), (byte) => (byte === 0xb5 ? 0 : byte))]],
    ['an unknown message', [Uint8Array.of(9)]],
    ['an empty message', [new Uint8Array()]],
  ])('ends for %s', (_, messages) => {
    const { session, heard, open } = made();
    open();
    expect(messages.map((bytes) => session.received(bytes)).at(-1)).toBe(false);
    expect(heard.at(-1)).toBe('ended ended.protocol');
    expect(session.received(welcome)).toBe(false);
  });

  it('says why it ended, in a message that there is', () => {
    for (const reason of [...Array(13).keys(), 100, 101, 102, 103, 104, 105, 106]) {
      const { session, heard, open } = made();
      open();
      expect(session.received(Uint8Array.of(0x42, reason))).toBe(false);
      expect(Object.keys(ended)).toContain(heard.at(-1)!.replace('ended ', ''));
    }
  });
});
