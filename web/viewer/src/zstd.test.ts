import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ZstdStream } from './zstd.js';
import { CorruptStream, matchLengthBase, matchLengthBits } from './zstd_tables.js';

const mebibyte = 1 << 20;

interface Piece { bytes: Uint8Array; raw: number; hash: number }

function recorded(name: string): Piece[] {
  const file = new Uint8Array(readFileSync(new URL(`../test/zstd_streams/${name}.bin`, import.meta.url)));
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
const rawBlock = (text: number[]): number[] =>
  [(text.length << 3) & 255, (text.length >> 5) & 255, text.length >> 13, ...text];

// A block of one sequence: no literals, then a match of `length` bytes from `distance` back. All three
// codes stand alone (RFC 8878, RLE mode), so that the bits are the extra bits only.
function matchBlock(length: number, distance: number): Uint8Array {
  const matchCode = [...matchLengthBase].filter((base) => base <= length).length - 1;
  const value = distance + 3;
  const offsetCode = Math.floor(Math.log2(value));
  const matchBits = matchLengthBits[matchCode]!;
  // Written backwards: the mark, the offset's bits, the match length's.
  let bits = (1n << BigInt(offsetCode)) | BigInt(value - (1 << offsetCode));
  bits = (bits << BigInt(matchBits)) | BigInt(length - matchLengthBase[matchCode]!);
  const stream: number[] = [];
  for (; bits > 0n; bits >>= 8n) stream.push(Number(bits & 255n));
  const body = [0, 1, 0x54, 0, offsetCode, matchCode, ...stream];
  return Uint8Array.from([((body.length << 3) | 4) & 255, body.length >> 5, 0, ...body]);
}

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
    // Pieces of random bytes, each followed by one that repeats the first of all by one long match,
    // as far back as the window reaches; the memory is used up many times over.
    const stream = new ZstdStream(1 << 17);
    const random = randomNumbers(1);
    const size = 100000;
    let newest = new Uint8Array();
    for (let round = 0; round < 50; round++) {
      newest = Uint8Array.from({ length: size }, () => random(256));
      const stored = Uint8Array.from([...(round === 0 ? header : []), ...rawBlock([...newest])]);
      expect(Buffer.compare(stream.push(stored, size), newest)).toBe(0);
      // One sequence: no literals, a match of `size` bytes at a distance of `size`.
      expect(Buffer.compare(stream.push(matchBlock(size, size), size), newest)).toBe(0);
    }
  });

  it('refuses blocks larger than a block may be', () => {
    const size = (1 << 17) + 1;
    const run = Uint8Array.from([...header, ((size << 3) | 2) & 255, (size >> 5) & 255, size >> 13, 7]);
    expect(() => new ZstdStream(mebibyte).push(run, size)).toThrow('block too large');
  });

  it('refuses a match from before the stream\'s beginning', () => {
    const stored = Uint8Array.from([...header, ...rawBlock([1, 2, 3, 4])]);
    const stream = new ZstdStream(mebibyte);
    stream.push(stored, 4);
    expect(() => stream.push(matchBlock(5, 5), 5)).toThrow('beyond the window');
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
    for (let size = 0; size < piece!.bytes.length; size += 53) {
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
        for (let round = 0; round < 60; round++) {
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
    expect(refused).toBeGreaterThan(100);
  });
});
