import { describe, expect, it } from 'vitest';
import { code, strengthOf, userName } from './input.js';

describe('userName', () => {
  it('forgives an input method that is on', () => {
    expect(userName(' Ｔａｎａｋａ　')).toBe('tanaka');
  });
});

describe('code', () => {
  it.each([['123456', '123456'], ['１２３ ４５６', '123456'], ['123-456', '123456']])('reads %s', (typed, read) =>
    expect(code(typed)).toBe(read));
  it.each(['', '12345', '1234567', 'abcdef'])('refuses "%s"', (typed) => expect(code(typed)).toBeUndefined());
});

describe('strengthOf', () => {
  it.each([
    ['', 0], ['short', 0], ['aaaaaaaaaaaaaaaa', 1], ['abcdefghijklmnop', 1], ['tanaka-no-himitsu', 1],
    ['kawa-ishi-77', 2], ['さくらの花が春に咲く日', 0], ['さくらの花が春に咲く日だよ', 2], ['momiji kaede sora 42', 3],
  ])('"%s" is %i', (password, level) => expect(strengthOf(password, 'tanaka').level).toBe(level));

  it('says how much is missing', () => expect(strengthOf('abc', '').missing).toBe(9));
});
