import { describe, expect, it } from 'vitest';
import { clean, pieces, preeditOf } from './text_bytes.js';

describe('clean', () => {
  it('drops control characters and mends lone surrogates', () => {
    expect(clean('a\u0000b\u0085c\u007f\td', true)).toBe('abcd');
    expect(clean('a\r\nb\rc\n', true)).toBe('a\nb\nc\n');
    expect(clean('a\nb', false)).toBe('ab');
    expect(clean('\ud83d', true)).toBe('\ufffd');
    expect(clean('𠮷野家👨‍👩‍👧', true)).toBe('𠮷野家👨‍👩‍👧');
  });
});

describe('pieces', () => {
  it('cuts at the border of a character', () => {
    const text = `a${'あ'.repeat(3000)}`;
    const cut = pieces(text);
    expect(cut.map((one) => one.length)).toEqual([4000, 3999, 1002]);
    expect(cut.map((one) => new TextDecoder('utf-8', { fatal: true }).decode(one)).join('')).toBe(text);
    expect(pieces('')).toEqual([]);
  });
});

describe('preeditOf', () => {
  it('counts the cursor in bytes', () => {
    expect(preeditOf('にほn', 2, 3)).toEqual({ bytes: new TextEncoder().encode('にほn'), begin: 6, end: 7 });
    expect(preeditOf('', 0, 0)).toEqual({ bytes: new Uint8Array(), begin: 0, end: 0 });
  });

  it('keeps the cursor on a border of what was cut', () => {
    const { bytes, begin, end } = preeditOf('あ'.repeat(2000), 2000, 2000);
    expect([bytes.length, begin, end]).toEqual([3999, 3999, 3999]);
    const beside = preeditOf('a😀b', 2, 4); // a cursor inside a surrogate pair
    expect([beside.begin, beside.end]).toEqual([1, 6]);
  });
});
