// A taken-over session writes what it likes. Valid messages and streams, changed at random in thousands of ways: each
// is taken or refused with the decoder's own errors, in the memory that was announced, inside the picture.
// A case is its seed: the corpus is what test/ has recorded, and these numbers.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Bytes, frame, StoredStream } from '../test/messages.js';
import { Decoder } from './decoder.js';
import { decode, ProtocolError, type Frame } from './wire.js';
import { ZstdStream } from './zstd.js';
import { CorruptStream } from './zstd_tables.js';

const seeds = [1, 7, 42, 1009, 65537, 20261123];
const casesASeed = 250; // of each kind of test
const tables = 64 << 10; // what the entropy stage's tables may take, besides
const guard = 512 << 10; // more than the longest block and the longest match together
const untouched = new Uint8Array(guard).fill(0xa5);

type Random = (below: number) => number;

function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % below;
  };
}

function records(name: string, head: number): Uint8Array[] {
  const file = new Uint8Array(readFileSync(new URL(`../test/${name}`, import.meta.url)));
  const view = new DataView(file.buffer);
  const found: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const size = view.getUint32(at, true) + head;
    found.push(file.subarray(at, at + size));
    at += size;
  }
  return found;
}

// The size, the raw length and a hash stand before each piece.
const streams = ['small_1', 'small_3', 'long_1', 'long_9', 'noise_3', 'noise_19'].map((name) =>
  records(`zstd_streams/${name}.bin`, 12).map((record) => ({
    bytes: record.subarray(12), raw: new DataView(record.buffer, record.byteOffset).getUint32(4, true) })));

// One session's frame messages, in their order.
function recordedFrames(): Uint8Array[] {
  const file = new Uint8Array(readFileSync(new URL('../test/frames.bin', import.meta.url)));
  const view = new DataView(file.buffer);
  const found: Uint8Array[] = [];
  for (let at = 0; at < file.length; at += 4) {
    let count = view.getUint32(at, true);
    for (at += 4; count > 0; count--) {
      const size = view.getUint32(at, true);
      found.push(file.subarray(at + 4, at + 4 + size));
      at += 4 + size;
    }
  }
  return found;
}
const frames = recordedFrames();

const others = [
  new Bytes().u8(0x01).u16(1), new Bytes().u8(0x03, 7), new Bytes().u8(0x04).u16(1, 2, 3, 4),
  new Bytes().u8(0x05, 1, 3), new Bytes().u8(0x06, 1, 0), new Bytes().u8(0x07).u32(9),
  new Bytes().u8(0x40, 1, 1).u16(443).u32(2).text('www.example.org'),
  new Bytes().u8(0x41, ...Array.from({ length: 32 }, (_, i) => i)), new Bytes().u8(0x42, 100),
  new Bytes().u8(0x43).u16(30),
].map((message) => message.done());

const noise = (count: number, random: Random) => Uint8Array.from({ length: count }, () => random(256));

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function changedOnce(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length + 1);
  const to = Math.min(bytes.length, at + random(40));
  const copy = bytes.slice();
  switch (random(7)) {
    case 0: // one bit
      if (at < copy.length) copy[at]! ^= 1 << random(8);
      return copy;
    case 1: // one bit among the first, where lengths and tables stand
      copy[random(Math.min(copy.length, 48))]! ^= 1 << random(8);
      return copy;
    case 2: // a field at its ends
      return copy.fill(random(2) * 255, at, Math.min(to, at + 4));
    case 3: return copy.slice(0, at);
    case 4: return joined(bytes.subarray(0, at), bytes.subarray(to)); // a piece left out
    case 5: return joined(bytes.subarray(0, to), bytes.subarray(at)); // a piece twice
    default: return joined(bytes.subarray(0, at), noise(to - at + 1, random), bytes.subarray(to));
  }
}

function changed(bytes: Uint8Array, random: Random): Uint8Array {
  if (random(20) === 0) return noise(random(400) + 1, random);
  let result = bytes;
  for (let times = random(3) + 1; times > 0 && result.length > 0; times--) result = changedOnce(result, random);
  return result;
}

// Bytes of arrays that are made with a length.
let allocated = 0;
beforeEach(() => {
  for (const type of [Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array, Int16Array, Int32Array, ArrayBuffer]) {
    vi.stubGlobal(type.name, new Proxy(type, {
      construct(target, given: [number]) {
        if (typeof given[0] === 'number') {
          allocated += given[0] * ('BYTES_PER_ELEMENT' in target ? target.BYTES_PER_ELEMENT : 1);
        }
        return Reflect.construct(target, given) as object;
      },
    }));
  }
});
afterEach(() => { vi.unstubAllGlobals(); });

// True when the act refused; anything but the errors named fails the test.
function refuses(act: () => void, errors: readonly (new () => Error)[]): boolean {
  try {
    act();
    return false;
  } catch (error) {
    if (!errors.some((one) => error instanceof one)) throw error;
    return true;
  }
}

describe.each(seeds)('with the seed %i', (seed) => {
  it('a stream yields what was announced, or is refused', () => {
    const random = randomNumbers(seed);
    let refused = 0;
    for (let round = 0; round < casesASeed; round++) {
      const pieces = streams[random(streams.length)]!;
      const good = random(Math.min(3, pieces.length));
      const { bytes, raw } = pieces[good]!;
      // The right length, nearly the right one, or any.
      const announced = [raw, raw, Math.max(0, raw - 1 - random(8)), random(2 * raw + 2)][random(4)]!;
      const stream = new ZstdStream(guard + 2 * raw + 2);
      for (const piece of pieces.slice(0, good)) stream.push(piece.bytes, piece.raw);
      const { history, end } = stream as unknown as { history: Uint8Array; end: number };
      history.fill(0xa5, end, end + announced + guard);
      const hostile = changed(bytes, random);
      allocated = 0;
      if (refuses(() => {
        expect(stream.push(hostile, announced).length).toBe(announced);
      }, [CorruptStream])) refused++;
      expect(allocated).toBeLessThanOrEqual(hostile.length + tables);
      const beyond = history.subarray(end + announced, end + announced + guard);
      expect(Buffer.compare(beyond, untouched), `written beyond the length in round ${round}`).toBe(0);
    }
    expect(refused).toBeGreaterThan(casesASeed / 2);
    expect(refused).toBeLessThan(casesASeed);
  });

  it('a message is one of the protocol, or is refused', () => {
    const random = randomNumbers(seed);
    const corpus = [...others, ...frames];
    let refused = 0;
    for (let round = 0; round < 4 * casesASeed; round++) {
      const message = changed(corpus[random(corpus.length)]!, random);
      allocated = 0;
      if (refuses(() => { decode(message); }, [ProtocolError])) refused++;
      expect(allocated).toBe(0);
    }
    expect(refused).toBeGreaterThan(casesASeed);
    expect(refused).toBeLessThan(4 * casesASeed);
  });

  it('a frame changes the picture inside its rectangles, or is refused', () => {
    const random = randomNumbers(seed);
    let applied = 0;
    for (let round = 0; round < casesASeed; round++) {
      const decoder = new Decoder();
      const stream = new StoredStream();
      const base = Array.from({ length: 64 * 64 * 3 }, () => random(256));
      decoder.apply(decode(frame({ rectangles: [[1, 0, 0, 64, 64]], raw: base, stream })) as Frame);
      // Half of them may reach over the picture's edge, and are else in order.
      const over = random(2) * 20;
      const [x, y] = [random(60), random(60)];
      const [width, height] = [1 + random(64 - x + over), 1 + random(64 - y + over)];
      const colours = 1 + random(4);
      const area = width * height;
      const rectangle = [
        { fields: [0, x, y, width, height, random(Math.max(1, 65 - width)), random(Math.max(1, 65 - height))], raw: 0 },
        { fields: [1, x, y, width, height], raw: 3 * area },
        { fields: [2, x, y, width, height, colours - 1], raw: 3 * colours + area },
        { fields: [3, x, y, width, height], raw: 3 },
      ][random(4)]!;
      const raw = Array.from({ length: rectangle.raw }, () => random(colours));
      const message = frame({ serial: 2, flags: 3, rectangles: [rectangle.fields], raw, stream });
      applied += Number(keepsInside(decoder, over > 0 ? message : changedOnce(message, random)));
    }
    expect(applied).toBeGreaterThan(casesASeed / 20);
  });
});

// True when the frame was taken. What it may change is what its rectangles cover.
function keepsInside(decoder: Decoder, message: Uint8Array): boolean {
  const before = decoder.picture;
  const pixels = before.pixels.slice();
  let given: Frame | undefined;
  allocated = 0;
  const refused = refuses(() => {
    const read = decode(message);
    if (read.type !== 'frame' || read.width * read.height > 1 << 22) throw new ProtocolError('not for this test');
    given = read;
    decoder.apply(read);
  }, [ProtocolError, CorruptStream]);
  const after = decoder.picture;
  const canvas = given?.fresh === true ? 4 * given.width * given.height : 0;
  expect(allocated).toBeLessThanOrEqual(message.length + canvas + tables);
  expect(after.pixels.length).toBe(after.width * after.height);
  // A picture with a refused frame in it is never shown.
  if (!refused) expect(after.pixels.every((pixel) => pixel >>> 24 === 255)).toBe(true);
  if (after !== before) return !refused;
  const outside = pixels.every((pixel, i) => pixel === after.pixels[i] || (given?.rectangles ?? []).some((one) => {
    const [column, row] = [i % after.width, Math.floor(i / after.width)];
    return column >= one.x && column < one.x + one.width && row >= one.y && row < one.y + one.height;
  }));
  expect(outside, 'a pixel beside every rectangle changed').toBe(true);
  return !refused;
}
