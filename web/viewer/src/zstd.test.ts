import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ZstdStream } from './zstd.js';
import { CorruptStream } from './zstd_tables.js';

const mebibyte = 1 << 20;

interface Piece { bytes: Uint8Array; raw: number; hash: number }

function recorded(name: string): Piece[] {
  const file = new Uint8Array(readFileSync(new URL(`../test/zstd/${name}.bin`, import.meta.url)));
  const view = new DataView(file.buffer, file.byteOffset);
  const pieces: Piece[] = [];
  for (let at = 0; at < file.length;) {
    const size = view.getUint32(at, true);
    pieces.push({
      bytes: file.subarray(at + 12, at + 12 + size),
      raw: view.getUint32(at + 4, true),
      hash: view.getUint32(at + 8, true),
    });
    at += 12 + size;
  }
  return pieces;
}

function fnv(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}

// A generator of its own, so that a failure can be repeated.
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % below;
  };
}

const names = ['small_1', 'small_3', 'long_1', 'long_9', 'noise_3', 'noise_19'];
const header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x60];
const rawBlock = (text: number[]): number[] => [(text.length << 3) & 255, text.length >> 5, 0, ...text];

describe('ZstdStream', () => {
  it.each(names)('delivers each flushed piece of %s whole and at once', (name) => {
    const stream = new ZstdStream(mebibyte);
    for (const piece of recorded(name)) {
      const raw = stream.push(piece.bytes, piece.raw);
      expect(raw.length).toBe(piece.raw);
      expect(fnv(raw)).toBe(piece.hash);
    }
  });

  it('keeps matches reachable when its memory comes round', () => {
    const stream = new ZstdStream(300 << 10);
    const pieces = recorded('long_9').slice(0, 1);
    const first = pieces[0]!;
    expect(fnv(stream.push(first.bytes, first.raw))).toBe(first.hash);
    for (let i = 0; i < 30; i++) {
      const block = [((300000 - 2) << 3 | 2) & 255]; // checked below: larger than a block may be
      expect(() => new ZstdStream(mebibyte).push(Uint8Array.from([...header, ...block, 0xff, 0xff, 1]), 300000))
        .toThrow(CorruptStream);
      const repeat = 100000;
      const run = Uint8Array.from([((repeat << 3) | 2) & 255, (repeat >> 5) & 255, repeat >> 13, i]);
      const raw = stream.push(run, repeat);
      expect(raw[0]).toBe(i);
      expect(raw[repeat - 1]).toBe(i);
    }
  });

  it('refuses a piece that yields more or fewer bytes than announced', () => {
    for (const off of [-1, 1]) {
      for (const name of names) {
        const piece = recorded(name).find((one) => one.raw > 50)!;
        expect(() => new ZstdStream(mebibyte).push(piece.bytes, piece.raw + off)).toThrow(CorruptStream);
      }
    }
  });

  it('refuses a piece that is cut short anywhere', () => {
    const [piece] = recorded('noise_3');
    for (let size = 0; size < piece!.bytes.length; size += 7) {
      expect(() => new ZstdStream(mebibyte).push(piece!.bytes.subarray(0, size), piece!.raw))
        .toThrow(CorruptStream);
    }
  });

  it('refuses headers that docs/wire.md does not allow', () => {
    const one = [...rawBlock([65])];
    const push = (bytes: number[]) => () => new ZstdStream(100).push(Uint8Array.from(bytes), 1);
    expect(push([...header, ...one])()).toEqual(Uint8Array.of(65));
    expect(push([0x29, ...header.slice(1), ...one])).toThrow('not a zstd stream');
    expect(push([...header.slice(0, 4), 0x00, 0x69, ...one])).toThrow('window too large');
    expect(push([...header.slice(0, 4), 0x01, 0x60, 1, ...one])).toThrow('dictionary');
    expect(push([...header, one[0]! | 1, ...one.slice(1)])).toThrow('stream ended');
    expect(push([...header, one[0]! | 6, ...one.slice(1)])).toThrow('reserved block');
    expect(() => new ZstdStream(100).push(Uint8Array.from([...header, ...one]), 101)).toThrow('too long');
  });

  it('never writes beyond the announced length nor hangs on damaged input', () => {
    const random = randomNumbers(42);
    let refused = 0;
    for (const name of names) {
      for (const piece of recorded(name).slice(0, 1)) {
        for (let round = 0; round < 300; round++) {
          const bytes = piece.bytes.slice();
          for (let i = random(4) + 1; i > 0; i--) bytes[6 + random(bytes.length - 6)] = random(256);
          try {
            expect(new ZstdStream(piece.raw).push(bytes, piece.raw).length).toBe(piece.raw);
          } catch (error) {
            expect(error).toBeInstanceOf(CorruptStream);
            refused++;
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(500);
  });
});
