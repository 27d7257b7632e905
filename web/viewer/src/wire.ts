// The display protocol, docs/wire.md: bytes from the gateway to messages, messages to bytes. Every
// field is checked by the page's rules before it is used; what breaks one throws ProtocolError.
// What depends on the messages before (order, serials, the compressed body) is checked in
// session.ts and decoder.ts.

export const protocolVersion = 1;
export const maximumFromSession = 2 << 20;
export const maximumToSession = 8 << 10;
export const minimumSide = 64;
export const maximumSide = 7680;
export const minimumScale = 60;
export const maximumScale = 480;
export const maximumRectangles = 4096;
export const maximumRaw = 4 << 20;
// The areas of a part's rectangles together are at most so many times the frame's.
export const maximumCover = 4;
export const maximumText = 4000;
export const maximumHost = 253;
export const maximumWheel = 12000;
export const maximumCode = 247;
export const lastCursor = 34;
export const lastPurpose = 13;
export const lastRefusalReason = 10;

export class ProtocolError extends Error {}

function refuse(what: string): never {
  throw new ProtocolError(what);
}

export enum Kind { copy, colours, palette, solid }

export interface Rectangle {
  readonly kind: Kind;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fromX: number; // of a copy, else 0
  readonly fromY: number;
  readonly colours: number; // of a palette, else 0
}

export interface Frame {
  readonly type: 'frame';
  readonly serial: number;
  readonly width: number;
  readonly height: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly fresh: boolean; // the canvas is black before the first rectangle
  readonly rectangles: readonly Rectangle[];
  readonly raw: number;
  readonly body: Uint8Array; // a view into the message
}

export type Scheme = 'http' | 'https';

export type Incoming =
  | { readonly type: 'welcome'; readonly version: number }
  | Frame
  | { readonly type: 'cursor'; readonly shape: number }
  | { readonly type: 'caret'; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | { readonly type: 'textInput'; readonly enabled: boolean; readonly purpose: number }
  | { readonly type: 'windows'; readonly count: number; readonly fullScreen: boolean }
  | { readonly type: 'pong'; readonly token: number }
  | { readonly type: 'refused'; readonly reason: number; readonly scheme: Scheme; readonly port: number;
      readonly times: number; readonly host: string }
  | { readonly type: 'ticket'; readonly ticket: string } // 64 hexadecimal digits
  | { readonly type: 'ended'; readonly reason: number }
  | { readonly type: 'waiting'; readonly seconds: number };

class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number { return this.view.getUint8(this.skip(1)); }
  u16(): number { return this.view.getUint16(this.skip(2), true); }
  u32(): number { return this.view.getUint32(this.skip(4), true); }
  take(count: number): Uint8Array {
    const from = this.skip(count);
    return this.bytes.subarray(from, from + count);
  }
  rest(): Uint8Array { return this.take(this.bytes.length - this.at); }
  end(): void {
    if (this.at !== this.bytes.length) refuse('bytes after the last field');
  }
  upTo(limit: number, what: string): number { return inRange(this.u8(), 0, limit, what); }
  flag(what: string): boolean { return this.upTo(1, what) === 1; }

  private skip(count: number): number {
    if (this.bytes.length - this.at < count) refuse('message cut short');
    this.at += count;
    return this.at - count;
  }
}

function inRange(value: number, low: number, high: number, what: string): number {
  if (!Number.isInteger(value) || value < low || value > high) refuse(`${what} out of range`);
  return value;
}

function inside(x: number, y: number, width: number, height: number, frameWidth: number,
                frameHeight: number): boolean {
  return width > 0 && height > 0 && x + width <= frameWidth && y + height <= frameHeight;
}

// Bytes of the decompressed body that a rectangle demands.
export function rawBytes(rectangle: Rectangle): number {
  const area = rectangle.width * rectangle.height;
  switch (rectangle.kind) {
    case Kind.copy: return 0;
    case Kind.colours: return area * 3;
    case Kind.palette: return rectangle.colours * 3 + area;
    case Kind.solid: return 3;
  }
}

function readRectangle(reader: Reader, frameWidth: number, frameHeight: number): Rectangle {
  const kind: Kind = reader.upTo(Kind.solid, 'rectangle kind');
  const x = reader.u16();
  const y = reader.u16();
  const width = reader.u16();
  const height = reader.u16();
  if (!inside(x, y, width, height, frameWidth, frameHeight)) refuse('rectangle outside the frame');
  const fromX = kind === Kind.copy ? reader.u16() : 0;
  const fromY = kind === Kind.copy ? reader.u16() : 0;
  if (!inside(fromX, fromY, width, height, frameWidth, frameHeight)) refuse('source outside the frame');
  const colours = kind === Kind.palette ? reader.u8() + 1 : 0;
  return { kind, x, y, width, height, fromX, fromY, colours };
}

function readFrame(reader: Reader): Frame {
  const serial = reader.u32();
  if (serial === 0) refuse('serial out of range');
  const width = inRange(reader.u16(), minimumSide, maximumSide, 'width');
  const height = inRange(reader.u16(), minimumSide, maximumSide, 'height');
  const flags = reader.upTo(7, 'flags');
  const count = inRange(reader.u16(), 0, maximumRectangles, 'count of rectangles');
  const rectangles: Rectangle[] = [];
  let demanded = 0;
  let cover = 0;
  for (let i = 0; i < count; i++) {
    const rectangle = readRectangle(reader, width, height);
    demanded += rawBytes(rectangle);
    cover += rectangle.width * rectangle.height;
    if (demanded > maximumRaw) refuse('raw length out of range');
    if (cover > maximumCover * width * height) refuse('rectangles cover too much');
    rectangles.push(rectangle);
  }
  const raw = reader.u32();
  if (raw !== demanded) refuse('raw length differs from what the rectangles demand');
  const body = reader.rest();
  if ((body.length === 0) !== (raw === 0)) refuse('body without raw bytes, or the reverse');
  const [first, last, fresh] = [(flags & 1) !== 0, (flags & 2) !== 0, (flags & 4) !== 0];
  if (fresh && !first) refuse('a fresh canvas in the middle of a frame');
  return { type: 'frame', serial, width, height, first, last, fresh, rectangles, raw, body };
}

// What names of hosts and address literals are made of; nothing that a reader could mistake.
const hostForm = /^[a-z0-9.:-]*$/;

function readRefused(reader: Reader): Incoming {
  const reason = reader.upTo(lastRefusalReason, 'reason');
  const scheme: Scheme = reader.flag('scheme') ? 'https' : 'http';
  const port = reader.u16();
  const times = reader.u32();
  const length = inRange(reader.u16(), 0, maximumHost, 'length of the host');
  const host = String.fromCharCode(...reader.take(length));
  if (!hostForm.test(host)) refuse('host has no valid form');
  return { type: 'refused', reason, scheme, port, times, host };
}

function readTicket(reader: Reader): Incoming {
  const ticket = Array.from(reader.take(32), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { type: 'ticket', ticket };
}

function readCaret(reader: Reader): Incoming {
  const x = inRange(reader.u16(), 0, maximumSide - 1, 'x');
  const y = inRange(reader.u16(), 0, maximumSide - 1, 'y');
  const width = inRange(reader.u16(), 0, maximumSide, 'width');
  const height = inRange(reader.u16(), 0, maximumSide, 'height');
  return { type: 'caret', x, y, width, height };
}

function readEnded(reader: Reader): Incoming {
  const reason = reader.u8();
  if (reason > 12 && (reason < 100 || reason > 106)) refuse('reason out of range');
  return { type: 'ended', reason };
}

function readFields(type: number, reader: Reader): Incoming {
  switch (type) {
    case 0x01: return { type: 'welcome', version: inRange(reader.u16(), protocolVersion, protocolVersion, 'version') };
    case 0x02: return readFrame(reader);
    case 0x03: return { type: 'cursor', shape: reader.upTo(lastCursor, 'cursor') };
    case 0x04: return readCaret(reader);
    case 0x05: return { type: 'textInput', enabled: reader.flag('enabled'), purpose: reader.upTo(lastPurpose, 'purpose') };
    case 0x06: return { type: 'windows', count: reader.u8(), fullScreen: reader.flag('full screen') };
    case 0x07: return { type: 'pong', token: reader.u32() };
    case 0x40: return readRefused(reader);
    case 0x41: return readTicket(reader);
    case 0x42: return readEnded(reader);
    case 0x43: return { type: 'waiting', seconds: reader.u16() };
    default: return refuse(`unknown message 0x${type.toString(16)}`);
  }
}

export function decode(bytes: Uint8Array): Incoming {
  if (bytes.length < 1 || bytes.length > maximumFromSession) refuse('message too short or too long');
  const reader = new Reader(bytes);
  const message = readFields(reader.u8(), reader);
  reader.end();
  return message;
}

export type Layout = 'jp' | 'us';
export enum Command { back, forward, reload, stop, zoomIn, zoomOut, zoomReset, closeWindow, leaveFullScreen }

export interface Size {
  readonly width: number; // device pixels
  readonly height: number;
  readonly scale: number; // device pixels a logical pixel, in 1/120
}

function message(type: number, size: number, write: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + size);
  bytes[0] = type;
  write(new DataView(bytes.buffer, 1));
  return bytes;
}

function writeSize(view: DataView, at: number, size: Size): void {
  view.setUint16(at, inRange(size.width, minimumSide, maximumSide, 'width'), true);
  view.setUint16(at + 2, inRange(size.height, minimumSide, maximumSide, 'height'), true);
  view.setUint16(at + 4, inRange(size.scale, minimumScale, maximumScale, 'scale'), true);
}

export function hello(size: Size, layout: Layout): Uint8Array<ArrayBuffer> {
  return message(0x80, 9, (view) => {
    view.setUint16(0, protocolVersion, true);
    writeSize(view, 2, size);
    view.setUint8(8, layout === 'jp' ? 0 : 1);
  });
}

export function resize(size: Size): Uint8Array<ArrayBuffer> {
  return message(0x81, 6, (view) => writeSize(view, 0, size));
}

export function ack(serial: number): Uint8Array<ArrayBuffer> {
  return message(0x82, 4, (view) => view.setUint32(0, serial, true));
}

export function pointer(x: number, y: number): Uint8Array<ArrayBuffer> {
  return message(0x83, 4, (view) => {
    view.setUint16(0, inRange(x, 0, maximumSide - 1, 'x'), true);
    view.setUint16(2, inRange(y, 0, maximumSide - 1, 'y'), true);
  });
}

export function button(which: number, pressed: boolean): Uint8Array<ArrayBuffer> {
  return message(0x84, 2, (view) => {
    view.setUint8(0, inRange(which, 0, 4, 'button'));
    view.setUint8(1, Number(pressed));
  });
}

export function wheel(dx: number, dy: number): Uint8Array<ArrayBuffer> {
  return message(0x85, 4, (view) => {
    view.setInt16(0, inRange(dx, -maximumWheel, maximumWheel, 'dx'), true);
    view.setInt16(2, inRange(dy, -maximumWheel, maximumWheel, 'dy'), true);
  });
}

export function key(code: number, pressed: boolean): Uint8Array<ArrayBuffer> {
  return message(0x86, 3, (view) => {
    view.setUint16(0, inRange(code, 1, maximumCode, 'code'), true);
    view.setUint8(2, Number(pressed));
  });
}

function writeText(view: DataView, at: number, text: Uint8Array): void {
  view.setUint16(at, inRange(text.length, 0, maximumText, 'length of the text'), true);
  new Uint8Array(view.buffer, view.byteOffset + at + 2).set(text);
}

// The cursor's range in bytes of the text, at borders of characters; -1, -1: hidden.
export function preedit(begin: number, end: number, text: Uint8Array): Uint8Array<ArrayBuffer> {
  return message(0x87, 10 + text.length, (view) => {
    view.setInt32(0, inRange(begin, -1, text.length, 'begin'), true);
    view.setInt32(4, inRange(end, begin < 0 ? -1 : begin, begin < 0 ? -1 : text.length, 'end'), true);
    writeText(view, 8, text);
  });
}

export function commit(text: Uint8Array): Uint8Array<ArrayBuffer> {
  return message(0x88, 2 + text.length, (view) => writeText(view, 0, text));
}

export function focus(focused: boolean): Uint8Array<ArrayBuffer> {
  return message(0x89, 1, (view) => view.setUint8(0, Number(focused)));
}

export function command(which: Command): Uint8Array<ArrayBuffer> {
  return message(0x8a, 1, (view) => view.setUint8(0, which));
}

export function ping(token: number): Uint8Array<ArrayBuffer> {
  return message(0x8b, 4, (view) => view.setUint32(0, token, true));
}

export function end(): Uint8Array<ArrayBuffer> {
  return message(0xc0, 0, () => undefined);
}
