// A streaming zstd decoder (RFC 8878) for the one thing that the viewer needs: flushed pieces of
// one stream, each of a known raw length. It is written for hostile input: script alone reads it,
// memory is fixed at the start, and nothing is written beyond the length that was announced.
// Dictionaries, checksums at the end and further zstd frames do not occur in docs/wire.md and are errors.

import {
  corrupt, defaultLiteralLengths, defaultMatchLengths, defaultOffsets, highestBit, huffmanTable,
  literalLengthBase, literalLengthBits, matchLengthBase, matchLengthBits, readStateTable,
  repeatedSymbol, type HuffmanTable, type StateTable,
} from './zstd_tables.js';

const maximumWindow = 4 << 20;
const maximumBlock = 128 << 10;
const maximumOffsetCode = 22; // an offset of the largest window
const margin = 8; // zero bytes around the input, so that a four-byte read needs no bounds check

export class ZstdStream {
  // What was produced lately: at least the window and one whole piece.
  private readonly history: Uint8Array;
  private end = 0;
  private windowSize = 0; // 0: the stream's header has not come yet
  private input = new Uint8Array(64 << 10);
  private view = new DataView(this.input.buffer);
  private readonly literals = new Uint8Array(maximumBlock);
  private literalCount = 0;
  private huffman: HuffmanTable | undefined;
  private tables: { literal: StateTable; offset: StateTable; match: StateTable } | undefined;
  private readonly repeated = Uint32Array.of(1, 4, 8);

  // Pieces of at most `maximumPiece` raw bytes.
  constructor(private readonly maximumPiece: number) {
    this.history = new Uint8Array(maximumWindow + maximumPiece);
  }

  // Decompresses the next flushed piece, which yields `rawLength` bytes, no more and no fewer. The
  // answer is a view that the next call overwrites.
  push(piece: Uint8Array, rawLength: number): Uint8Array {
    if (rawLength > this.maximumPiece) corrupt('piece too long');
    if (this.end + rawLength > this.history.length) {
      const keep = Math.min(this.windowSize, this.end);
      this.history.copyWithin(0, this.end - keep, this.end);
      this.end = keep;
    }
    const begin = this.end;
    this.load(piece);
    let at = margin;
    const limit = margin + piece.length;
    if (this.windowSize === 0) at = this.readHeader(at, limit);
    while (at < limit) at = this.readBlock(at, limit, begin + rawLength);
    if (this.end - begin !== rawLength) corrupt('piece shorter than announced');
    return this.history.subarray(begin, this.end);
  }

  private load(piece: Uint8Array): void {
    const needed = piece.length + 2 * margin;
    if (needed > this.input.length) {
      this.input = new Uint8Array(needed);
      this.view = new DataView(this.input.buffer);
    }
    this.input.set(piece, margin);
  }

  // RFC 8878, 3.1.1.1
  private readHeader(from: number, limit: number): number {
    let at = from;
    if (limit - at < 6) corrupt('header cut short');
    if (this.view.getUint32(at, true) !== 0xfd2fb528) corrupt('not a zstd stream');
    const descriptor = this.input[at + 4]!;
    at += 5;
    if ((descriptor & 0x08) !== 0) corrupt('reserved bit set');
    if ((descriptor & 0x03) !== 0) corrupt('stream wants a dictionary');
    const single = (descriptor & 0x20) !== 0;
    let size = 0;
    if (!single) {
      const exponent = this.input[at]! >> 3;
      const mantissa = this.input[at]! & 7;
      at += 1;
      if (exponent > 12) corrupt('window too large');
      size = (1 << (10 + exponent)) + (mantissa << (7 + exponent));
    }
    const field = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
    if (limit - at < field) corrupt('header cut short');
    if (single) {
      if (field === 8 && this.view.getUint32(at + 4, true) !== 0) corrupt('window too large');
      size = field === 1 ? this.input[at]!
        : field === 2 ? this.view.getUint16(at, true) + 256 : this.view.getUint32(at, true);
    }
    if (size > maximumWindow) corrupt('window too large');
    this.windowSize = Math.max(size, 1);
    return at + field;
  }

  // RFC 8878, 3.1.1.2; returns where the next block begins.
  private readBlock(from: number, limit: number, outputLimit: number): number {
    if (limit - from < 3) corrupt('block header cut short');
    const header = this.view.getUint32(from, true) & 0xffffff;
    const at = from + 3;
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    if ((header & 1) !== 0) corrupt('stream ended');
    if (size > Math.min(maximumBlock, this.windowSize)) corrupt('block too large');
    const room = Math.min(outputLimit - this.end, maximumBlock);
    if (kind === 1) {
      if (at >= limit || size > room) corrupt('block longer than announced');
      this.history.fill(this.input[at]!, this.end, this.end + size);
      this.end += size;
      return at + 1;
    }
    if (size > limit - at) corrupt('block cut short');
    if (kind === 0) {
      if (size > room) corrupt('block longer than announced');
      this.history.set(this.input.subarray(at, at + size), this.end);
      this.end += size;
    } else if (kind === 2) {
      this.readSequences(this.readLiterals(at, at + size), at + size, this.end + room);
    } else {
      corrupt('reserved block');
    }
    return at + size;
  }

  // RFC 8878, 3.1.1.3.1; returns where the sequences begin.
  private readLiterals(from: number, limit: number): number {
    if (limit - from < 2) corrupt('literals cut short');
    const first = this.input[from]!;
    const kind = first & 3;
    const format = (first >> 2) & 3;
    if (kind < 2) {
      const count = format === 1 ? this.view.getUint16(from, true) >> 4
        : format === 3 ? (this.view.getUint32(from, true) & 0xffffff) >> 4 : first >> 3;
      const at = from + (format === 1 ? 2 : format === 3 ? 3 : 1);
      this.literalCount = count;
      if (count > maximumBlock) corrupt('too many literals');
      if (kind === 1) {
        if (at >= limit) corrupt('literals cut short');
        this.literals.fill(this.input[at]!, 0, count);
        return at + 1;
      }
      if (at + count > limit) corrupt('literals cut short');
      this.literals.set(this.input.subarray(at, at + count));
      return at + count;
    }
    const bits = [10, 10, 14, 18][format]!;
    const width = [3, 3, 4, 5][format]!;
    if (limit - from < width) corrupt('literals cut short');
    const low = this.view.getUint32(from, true);
    const mask = (1 << bits) - 1;
    const count = (low >>> 4) & mask;
    const packed = bits === 18 ? ((low >>> 22) | (this.input[from + 4]! << 10)) & mask
      : (low >>> (4 + bits)) & mask;
    let at = from + width;
    const end = at + packed;
    if (end > limit || count > maximumBlock) corrupt('literals too long');
    if (kind === 2) at = this.readHuffman(at, end);
    if (this.huffman === undefined) corrupt('no Huffman table to repeat');
    if (format === 0) this.decodeLiterals(at, end, 0, count);
    else this.decodeFourStreams(at, end, count);
    this.literalCount = count;
    return end;
  }

  // RFC 8878, 4.2.1.1; returns where the streams begin.
  private readHuffman(from: number, limit: number): number {
    if (from >= limit) corrupt('Huffman table cut short');
    const header = this.input[from]!;
    let at = from + 1;
    const weights: number[] = [];
    if (header >= 128) {
      const count = header - 127;
      const end = at + ((count + 1) >> 1);
      if (end > limit) corrupt('Huffman table cut short');
      for (let i = 0; i < count; i++) {
        const byte = this.input[at + (i >> 1)]!;
        weights.push((i & 1) === 0 ? byte >> 4 : byte & 15);
      }
      at = end;
    } else {
      const end = at + header;
      if (end > limit) corrupt('Huffman table cut short');
      const { table, next } = readStateTable(this.input, at, end, 6, 255);
      this.readWeights(table, next, end, weights);
      at = end;
    }
    this.huffman = huffmanTable(weights);
    return at;
  }

  // RFC 8878, 4.2.1.2: two states in turn until the bits run out.
  private readWeights(table: StateTable, from: number, limit: number, weights: number[]): void {
    const reader = this.openBits(from, limit);
    let first = reader.take(table.log);
    let second = reader.take(table.log);
    for (;;) {
      if (weights.length > 253) corrupt('too many Huffman weights');
      weights.push(table.symbol[first]!);
      const firstBits = table.bits[first]!;
      if (reader.left() < firstBits) {
        weights.push(table.symbol[second]!);
        return;
      }
      first = table.base[first]! + reader.take(firstBits);
      weights.push(table.symbol[second]!);
      const secondBits = table.bits[second]!;
      if (reader.left() < secondBits) {
        weights.push(table.symbol[first]!);
        return;
      }
      second = table.base[second]! + reader.take(secondBits);
    }
  }

  private openBits(from: number, limit: number): { take(count: number): number; left(): number } {
    let position = this.lastBit(from, limit);
    return {
      take: (count) => {
        position -= count;
        if (position < 0) corrupt('bits ran out');
        return (this.view.getInt32(from + (position >> 3), true) >>> (position & 7)) & ((1 << count) - 1);
      },
      left: () => position,
    };
  }

  // Bits of the backward stream in bytes [from, limit), without the closing mark.
  private lastBit(from: number, limit: number): number {
    if (limit <= from || this.input[limit - 1] === 0) corrupt('bit stream without its mark');
    return (limit - from - 1) * 8 + highestBit(this.input[limit - 1]!);
  }

  // RFC 8878, 4.2.2
  private decodeFourStreams(from: number, limit: number, count: number): void {
    if (limit - from < 10 || count < 6) corrupt('literal streams cut short');
    const quarter = (count + 3) >> 2;
    let at = from + 6;
    for (let i = 0; i < 3; i++) {
      const next = at + this.view.getUint16(from + 2 * i, true);
      if (next > limit) corrupt('literal streams cut short');
      this.decodeLiterals(at, next, quarter * i, quarter * (i + 1));
      at = next;
    }
    this.decodeLiterals(at, limit, quarter * 3, count);
  }

  // One Huffman stream into literals[begin, end).
  private decodeLiterals(from: number, limit: number, begin: number, end: number): void {
    const { bits, entries } = this.huffman!;
    const { view, literals } = this;
    const mask = (1 << bits) - 1;
    let position = this.lastBit(from, limit);
    let at = begin;
    if (end < begin) corrupt('literal streams cut short');
    // Two symbols, at most 22 bits, of one four-byte read.
    while (at + 1 < end && position >= 2 * bits) {
      const start = position - 2 * bits;
      const word = view.getInt32(from + (start >> 3), true) >>> (start & 7);
      const one = entries[(word >>> bits) & mask]!;
      const two = entries[(word >>> (bits - (one & 15))) & mask]!;
      literals[at] = one >> 4;
      literals[at + 1] = two >> 4;
      at += 2;
      position -= (one & 15) + (two & 15);
    }
    for (; at < end; at++) {
      const start = position - bits;
      // Below the stream's start stand zeros.
      const word = start >= 0 ? view.getInt32(from + (start >> 3), true) >>> (start & 7)
        : (view.getInt32(from, true) & ((1 << position) - 1)) << -start;
      const entry = entries[word & mask]!;
      literals[at] = entry >> 4;
      position -= entry & 15;
      if (position < 0) corrupt('literal stream ran out');
    }
    if (position !== 0) corrupt('literal stream too long');
  }

  // RFC 8878, 3.1.1.3.2
  private readSequences(from: number, limit: number, outputLimit: number): void {
    let at = from;
    if (at >= limit) corrupt('sequences cut short');
    let count = this.input[at++]!;
    if (count === 255) {
      count = this.view.getUint16(at, true) + 0x7f00;
      at += 2;
    } else if (count >= 128) {
      count = ((count - 128) << 8) + this.input[at++]!;
    }
    if (count === 0) {
      if (at !== limit) corrupt('bytes after the literals');
      this.copyLiterals(0, outputLimit);
      return;
    }
    if (at >= limit) corrupt('sequences cut short');
    const modes = this.input[at++]!;
    if ((modes & 3) !== 0) corrupt('reserved bits set');
    const before = this.tables;
    const read = (mode: number, standard: StateTable, former: StateTable | undefined, log: number,
                  symbols: number): StateTable => {
      if (mode === 0) return standard;
      if (mode === 3) return former ?? corrupt('no table to repeat');
      if (mode === 1) {
        const symbol = this.input[at++]!;
        if (at > limit || symbol > symbols) corrupt('symbol out of range');
        return repeatedSymbol(symbol);
      }
      const { table, next } = readStateTable(this.input, at, limit, log, symbols);
      at = next;
      return table;
    };
    const literal = read(modes >> 6, defaultLiteralLengths, before?.literal, 9, 35);
    const offset = read((modes >> 4) & 3, defaultOffsets, before?.offset, 8, 31);
    const match = read((modes >> 2) & 3, defaultMatchLengths, before?.match, 9, 52);
    this.tables = { literal, offset, match };
    this.runSequences(count, at, limit, outputLimit);
  }

  // The hot loop. All bounds are checked a sequence, before anything is written.
  private runSequences(count: number, from: number, limit: number, outputLimit: number): void {
    const { view, history, literals, repeated, literalCount } = this;
    const { literal, offset, match } = this.tables!;
    const reach = this.windowSize;
    let position = this.lastBit(from, limit);
    // At most 25 bits a read; reads below the stream's start find other input and end in a check.
    const bitsAt = (at: number, bits: number): number =>
      (view.getInt32(from + (at >> 3), true) >>> (at & 7)) & ((1 << bits) - 1);
    let literalState = bitsAt((position -= literal.log), literal.log);
    let offsetState = bitsAt((position -= offset.log), offset.log);
    let matchState = bitsAt((position -= match.log), match.log);
    if (position < 0) corrupt('sequences ran out');
    let output = this.end;
    let used = 0;
    for (let left = count; left > 0; left--) {
      const offsetCode = offset.symbol[offsetState]!;
      const matchCode = match.symbol[matchState]!;
      const literalCode = literal.symbol[literalState]!;
      if (offsetCode > maximumOffsetCode) corrupt('offset beyond the window');
      position -= offsetCode;
      const value = (1 << offsetCode) + bitsAt(position, offsetCode);
      let bits = matchLengthBits[matchCode]!;
      position -= bits;
      const matchLength = matchLengthBase[matchCode]! + bitsAt(position, bits);
      bits = literalLengthBits[literalCode]!;
      position -= bits;
      const literalLength = literalLengthBase[literalCode]! + bitsAt(position, bits);
      if (left > 1) {
        bits = literal.bits[literalState]!;
        position -= bits;
        literalState = literal.base[literalState]! + bitsAt(position, bits);
        bits = match.bits[matchState]!;
        position -= bits;
        matchState = match.base[matchState]! + bitsAt(position, bits);
        bits = offset.bits[offsetState]!;
        position -= bits;
        offsetState = offset.base[offsetState]! + bitsAt(position, bits);
      }
      if (position < 0) corrupt('sequences ran out');
      const distance = this.resolveOffset(value, literalLength, repeated);
      if (used + literalLength > literalCount) corrupt('literals ran out');
      if (output + literalLength + matchLength > outputLimit) corrupt('block longer than announced');
      copyForward(literals, used, history, output, literalLength);
      used += literalLength;
      output += literalLength;
      if (distance > reach || distance > output) corrupt('offset beyond the window');
      if (distance === 1) {
        history.fill(history[output - 1]!, output, output + matchLength);
      } else if (matchLength >= 48 && distance >= matchLength) {
        history.copyWithin(output, output - distance, output - distance + matchLength);
      } else {
        for (let to = output, source = output - distance, stop = output + matchLength; to < stop;) {
          history[to++] = history[source++]!;
        }
      }
      output += matchLength;
    }
    if (position !== 0) corrupt('bytes after the sequences');
    this.end = output;
    this.copyLiterals(used, outputLimit);
  }

  // RFC 8878, 3.1.1.5
  private resolveOffset(value: number, literalLength: number, repeated: Uint32Array): number {
    if (value > 3) {
      repeated[2] = repeated[1]!;
      repeated[1] = repeated[0]!;
      return (repeated[0] = value - 3);
    }
    const index = literalLength === 0 ? value : value - 1;
    if (index === 0) return repeated[0]!;
    const distance = index === 3 ? repeated[0]! - 1 : repeated[index]!;
    if (distance === 0) corrupt('offset of nothing');
    if (index !== 1) repeated[2] = repeated[1]!;
    repeated[1] = repeated[0]!;
    return (repeated[0] = distance);
  }

  private copyLiterals(used: number, outputLimit: number): void {
    const rest = this.literalCount - used;
    if (this.end + rest > outputLimit) corrupt('block longer than announced');
    copyForward(this.literals, used, this.history, this.end, rest);
    this.end += rest;
  }
}

function copyForward(from: Uint8Array, at: number, to: Uint8Array, output: number, count: number): void {
  if (count >= 64) {
    to.set(from.subarray(at, at + count), output);
    return;
  }
  for (let i = 0; i < count; i++) to[output + i] = from[at + i]!;
}
