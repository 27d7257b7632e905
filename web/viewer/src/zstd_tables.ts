// The tables of zstd's entropy stage: finite-state and Huffman decoding tables, and the constants
// of RFC 8878. Every length and symbol is checked before it is used; what does not fit throws.

export class CorruptStream extends Error {}

export function corrupt(what: string): never {
  throw new CorruptStream(`zstd: ${what}`);
}

// RFC 8878, 3.1.1.3.2.1.1: base values and extra bits of literal-length and match-length codes.
export const literalLengthBase = Uint32Array.of(
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128,
  256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536);
export const literalLengthBits = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12,
  13, 14, 15, 16);
export const matchLengthBase = Uint32Array.of(
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
  29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051,
  4099, 8195, 16387, 32771, 65539);
export const matchLengthBits = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
  1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);

// The highest set bit's position; -1 for 0.
export function highestBit(value: number): number {
  return 31 - Math.clz32(value);
}

// A finite-state decoding table: for each state its symbol, the bits to read for the next state and
// the base to which they are added.
export interface StateTable {
  readonly log: number;
  readonly symbol: Uint8Array;
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

export function repeatedSymbol(symbol: number): StateTable {
  return { log: 0, symbol: Uint8Array.of(symbol), bits: Uint8Array.of(0), base: Uint16Array.of(0) };
}

// RFC 8878, 4.1.1: spreads the symbols over the states. `counts` holds a normalised count a symbol,
// -1 for 'less than one'; they fill 1 << log states.
export function stateTable(counts: ArrayLike<number>, log: number): StateTable {
  const size = 1 << log;
  const symbol = new Uint8Array(size);
  const bits = new Uint8Array(size);
  const base = new Uint16Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  for (let s = 0; s < counts.length; s++) {
    if (counts[s] === -1) {
      symbol[--high] = s;
      next[s] = 1;
    } else {
      next[s] = counts[s]!;
    }
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (let s = 0; s < counts.length; s++) {
    for (let i = 0; i < counts[s]!; i++) {
      symbol[position] = s;
      do {
        position = (position + step) & (size - 1);
      } while (position >= high);
    }
  }
  if (position !== 0) corrupt('symbol counts do not fill the table');
  for (let state = 0; state < size; state++) {
    const n = next[symbol[state]!]++;
    bits[state] = log - highestBit(n);
    base[state] = (n << bits[state]!) - size;
  }
  return { log, symbol, bits, base };
}

// RFC 8878, 3.1.1.3.2.2: the tables that stand when a block describes none.
export const defaultLiteralLengths = stateTable(
  [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
    -1, -1, -1, -1], 6);
export const defaultMatchLengths = stateTable(
  [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1], 6);
export const defaultOffsets = stateTable(
  [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5);

// RFC 8878, 4.1.1: reads a table's description from bytes[at, end). `maximumSymbol` is the greatest
// symbol that may occur.
export function readStateTable(bytes: Uint8Array, at: number, end: number, maximumLog: number,
                               maximumSymbol: number): { table: StateTable; next: number } {
  let bit = at * 8;
  const limit = end * 8;
  const peek = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const from = bit + i;
      if (from < limit) value |= ((bytes[from >> 3]! >> (from & 7)) & 1) << i;
    }
    return value;
  };
  const log = peek(4) + 5;
  bit += 4;
  if (log > maximumLog) corrupt('table too large');
  const counts: number[] = [];
  let left = (1 << log) + 1;
  while (left > 1) {
    if (bit >= limit || counts.length > maximumSymbol) corrupt('table description does not end');
    const width = highestBit(left) + 1;
    const low = peek(width - 1);
    const spare = (1 << width) - 1 - left;
    let value: number;
    if (low < spare) {
      value = low;
      bit += width - 1;
    } else {
      value = peek(width);
      bit += width;
      if (value >= 1 << (width - 1)) value -= spare;
    }
    const count = value - 1;
    left -= count === -1 ? 1 : count;
    counts.push(count);
    if (count !== 0) continue;
    for (let run = 3; run === 3;) {
      run = peek(2);
      bit += 2;
      for (let i = 0; i < run; i++) counts.push(0);
      if (bit > limit || counts.length > maximumSymbol + 1) corrupt('too many symbols in a table');
    }
  }
  if (left !== 1 || bit > limit) corrupt('symbol counts do not fit');
  return { table: stateTable(counts, log), next: (bit + 7) >> 3 };
}

export const maximumHuffmanBits = 11;

// A Huffman decoding table: for the next `bits` bits of the stream, symbol << 4 | its length.
export interface HuffmanTable {
  readonly bits: number;
  readonly entries: Uint16Array;
}

// RFC 8878, 4.2.1: builds the table from the weights of all symbols but the last, whose weight is
// what completes the power of two.
export function huffmanTable(weights: ArrayLike<number>): HuffmanTable {
  let total = 0;
  for (let s = 0; s < weights.length; s++) {
    if (weights[s]! > maximumHuffmanBits) corrupt('Huffman weight too large');
    if (weights[s]! > 0) total += 1 << (weights[s]! - 1);
  }
  if (total === 0) corrupt('no Huffman weights');
  const bits = highestBit(total) + 1;
  const rest = (1 << bits) - total;
  if (bits > maximumHuffmanBits || (rest & (rest - 1)) !== 0) corrupt('Huffman weights do not fit');
  const all = new Uint8Array(weights.length + 1);
  all.set(weights);
  all[weights.length] = highestBit(rest) + 1;
  const entries = new Uint16Array(1 << bits);
  let at = 0;
  for (let weight = 1; weight <= bits; weight++) {
    const span = 1 << (weight - 1);
    for (let s = 0; s < all.length; s++) {
      if (all[s] !== weight) continue;
      entries.fill((s << 4) | (bits + 1 - weight), at, at + span);
      at += span;
    }
  }
  return { bits, entries };
}
