import { describe, expect, it } from 'vitest';
import { Bytes, frame } from '../test/messages.js';
import * as wire from './wire.js';

const decode = (bytes: Uint8Array) => () => wire.decode(bytes);

// A valid message of each type, and what it says.
const samples: [string, Uint8Array, object][] = [
  ['welcome', new Bytes().u8(1).u16(1).done(), { type: 'welcome', version: 1 }],
  ['cursor', new Bytes().u8(3, 34).done(), { type: 'cursor', shape: 34 }],
  ['caret', new Bytes().u8(4).u16(1, 2, 3, 4).done(), { type: 'caret', x: 1, y: 2, width: 3, height: 4 }],
  ['text input', new Bytes().u8(5, 1, 13).done(), { type: 'textInput', enabled: true, purpose: 13 }],
  ['windows', new Bytes().u8(6, 2, 1).done(), { type: 'windows', count: 2, fullScreen: true }],
  ['pong', new Bytes().u8(7).u32(0xfffffffe).done(), { type: 'pong', token: 0xfffffffe }],
  ['refused', new Bytes().u8(0x40, 9, 1).u16(8443).u32(3).text('www.example.jp').done(),
    { type: 'refused', reason: 9, scheme: 'https', port: 8443, times: 3, host: 'www.example.jp' }],
  ['ticket', new Bytes().u8(0x41).u8(...Array<number>(31).fill(0x0a), 0xff).done(),
    { type: 'ticket', ticket: `${'0a'.repeat(31)}ff` }],
  ['ended', new Bytes().u8(0x42, 102).done(), { type: 'ended', reason: 102 }],
  ['waiting', new Bytes().u8(0x43).u16(30).done(), { type: 'waiting', seconds: 30 }],
];

describe('messages to the viewer', () => {
  it.each(samples)('reads %s', (_, bytes, message) => expect(wire.decode(bytes)).toEqual(message));

  it.each(samples)('refuses %s cut short or too long', (_, bytes) => {
    for (let size = 0; size < bytes.length; size++) {
      expect(decode(bytes.subarray(0, size))).toThrow(wire.ProtocolError);
    }
    expect(decode(Uint8Array.of(...bytes, 0))).toThrow('bytes after the last field');
  });

  it.each<[string, Uint8Array]>([
    ['another version', new Bytes().u8(1).u16(2).done()],
    ['a cursor out of range', Uint8Array.of(3, 35)],
    ['a flag that is neither', Uint8Array.of(5, 2, 0)],
    ['a purpose out of range', Uint8Array.of(5, 1, 14)],
    ['a caret off the largest frame', new Bytes().u8(4).u16(7680, 0, 1, 1).done()],
    ['a reason for refusal out of range', new Bytes().u8(0x40, 11, 1).u16(1).u32(1).text('a').done()],
    ['a scheme out of range', new Bytes().u8(0x40, 0, 2).u16(1).u32(1).text('a').done()],
    ['a host with markup', new Bytes().u8(0x40, 0, 1).u16(1).u32(1).text('<b>').done()],
    ['a host that reverses its direction', new Bytes().u8(0x40, 0, 1).u16(1).u32(1).text('a\u202eb').done()],
    ['a host too long', new Bytes().u8(0x40, 0, 1).u16(1).u32(1).text('a'.repeat(254)).done()],
    ['a reason for the end out of range', Uint8Array.of(0x42, 13)],
    ['a reason for the end between the ranges', Uint8Array.of(0x42, 99)],
    ['an unknown type', Uint8Array.of(0x08)],
    ['a message of the viewer', Uint8Array.of(0xc0)],
    ['a message too long', new Uint8Array(wire.maximumFromSession + 1)],
  ])('refuses %s', (_, bytes) => expect(decode(bytes)).toThrow(wire.ProtocolError));
});

describe('frame', () => {
  const solid = [3, 0, 0, 64, 64];

  it('reads every kind of rectangle', () => {
    const bytes = frame({
      serial: 7, size: [100, 80], flags: 3,
      rectangles: [[0, 0, 0, 2, 2, 98, 78], [1, 1, 1, 1, 2], [2, 0, 0, 2, 1, 255], [3, 99, 79, 1, 1]],
      raw: Array<number>(6 + 768 + 2 + 3).fill(1),
    });
    const message = wire.decode(bytes) as wire.Frame;
    expect(message).toMatchObject({ serial: 7, width: 100, height: 80, first: true, last: true, fresh: false, raw: 779 });
    expect(message.rectangles.map((one) => [one.kind, one.fromX, one.fromY, one.colours]))
      .toEqual([[0, 98, 78, 0], [1, 0, 0, 0], [2, 0, 0, 256], [3, 0, 0, 0]]);
    expect(message.body.length).toBe(6 + 3 + 779);
  });

  it('accepts a frame without rectangles', () => {
    expect(wire.decode(frame({ flags: 3 }))).toMatchObject({ rectangles: [], raw: 0 });
  });

  it.each<[string, Parameters<typeof frame>[0]]>([
    ['serial 0', { serial: 0 }],
    ['a side too small', { size: [63, 64] }],
    ['a side too large', { size: [64, 7681] }],
    ['an unknown flag', { flags: 8 }],
    ['a fresh canvas that is not the first part', { flags: 4 }],
    ['too many rectangles', { rectangles: Array<number[]>(4097).fill([0, 0, 0, 1, 1, 1, 1]) }],
    ['an unknown kind', { rectangles: [[4, 0, 0, 1, 1]] }],
    ['an empty rectangle', { rectangles: [[3, 0, 0, 0, 1]], raw: [1, 2, 3] }],
    ['a rectangle beyond the right side', { rectangles: [[3, 1, 0, 64, 1]], raw: [1, 2, 3] }],
    ['a rectangle below', { rectangles: [[3, 0, 64, 1, 1]], raw: [1, 2, 3] }],
    ['a source outside', { rectangles: [[0, 0, 0, 2, 2, 63, 0]] }],
    ['more raw bytes than the rectangles demand', { rectangles: [solid], raw: [1, 2, 3, 4] }],
    ['fewer raw bytes than the rectangles demand', { rectangles: [solid], raw: [1, 2] }],
    ['a body where nothing is demanded', { raw: [1], rawLength: 0 }],
    ['no body where something is demanded', { rectangles: [solid], rawLength: 3 }],
    ['more than 4 MiB', { size: [2000, 2000], rectangles: [[1, 0, 0, 2000, 2000]], rawLength: 12000000 }],
    ['rectangles that cover the frame five times', { rectangles: Array<number[]>(5).fill([0, 0, 0, 64, 64, 0, 0]) }],
  ])('refuses %s', (_, part) => expect(decode(frame(part))).toThrow(wire.ProtocolError));
});

describe('messages of the viewer', () => {
  const size = { width: 1280, height: 800, scale: 150 };

  it.each<[string, Uint8Array, number[]]>([
    ['hello', wire.hello(size, 'us'), [0x80, 1, 0, 0, 5, 0x20, 3, 150, 0, 1]],
    ['resize', wire.resize(size), [0x81, 0, 5, 0x20, 3, 150, 0]],
    ['ack', wire.ack(0x01020304), [0x82, 4, 3, 2, 1]],
    ['pointer', wire.pointer(258, 3), [0x83, 2, 1, 3, 0]],
    ['button', wire.button(4, true), [0x84, 4, 1]],
    ['wheel', wire.wheel(-1, 120), [0x85, 255, 255, 120, 0]],
    ['key', wire.key(30, false), [0x86, 30, 0, 0]],
    ['preedit', wire.preedit(0, 3, new TextEncoder().encode('あ')),
      [0x87, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0xe3, 0x81, 0x82]],
    ['preedit with a hidden cursor', wire.preedit(-1, -1, new Uint8Array()),
      [0x87, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0]],
    ['commit', wire.commit(Uint8Array.of(97)), [0x88, 1, 0, 97]],
    ['focus', wire.focus(true), [0x89, 1]],
    ['command', wire.command(wire.Command.leaveFullScreen), [0x8a, 8]],
    ['ping', wire.ping(0xffffffff), [0x8b, 255, 255, 255, 255]],
    ['end', wire.end(), [0xc0]],
  ])('writes %s', (_, bytes, expected) => expect(Array.from(bytes)).toEqual(expected));

  it.each<[string, () => unknown]>([
    ['a side out of range', () => wire.hello({ ...size, width: 63 }, 'jp')],
    ['a scale out of range', () => wire.resize({ ...size, scale: 59 })],
    ['a fraction', () => wire.pointer(1.5, 0)],
    ['a wheel out of range', () => wire.wheel(0, 12001)],
    ['a key out of range', () => wire.key(248, true)],
    ['a text too long', () => wire.commit(new Uint8Array(4001))],
    ['a cursor beyond the text', () => wire.preedit(0, 1, new Uint8Array())],
    ['a cursor that ends before it begins', () => wire.preedit(1, 0, new Uint8Array(2))],
  ])('refuses %s', (_, write) => expect(write).toThrow(wire.ProtocolError));
});
