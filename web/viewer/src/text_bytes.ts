// Text on its way to the session: UTF-8 without control characters, cut to what a message holds at
// the border of a character.

import { maximumText } from './wire.js';

const encoder = new TextEncoder();

// Control characters of Unicode's category Cc; a newline passes where it is asked for.
export function clean(text: string, newlines: boolean): string {
  return Array.from(text.replace(/\r\n?/g, '\n'))
    .filter((character) => (newlines && character === '\n') || !/[\u0000-\u001f\u007f-\u009f]/.test(character))
    .map((character) => (/^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character))
    .join('');
}

export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

// Pieces of at most maximumText bytes each; together they are the text. None for an empty text.
export function pieces(text: string): Uint8Array[] {
  const bytes = encoder.encode(text);
  const result: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(from + maximumText, bytes.length);
    while (to < bytes.length && (bytes[to]! & 0xc0) === 0x80) to--;
    result.push(bytes.subarray(from, to));
    from = to;
  }
  return result;
}

export interface Preedit {
  readonly bytes: Uint8Array;
  readonly begin: number; // in bytes; -1: hidden
  readonly end: number;
}

// A composition and its cursor (UTF-16 offsets, as the DOM counts) as the message wants it.
export function preeditOf(text: string, selectionStart: number, selectionEnd: number): Preedit {
  const bytes = pieces(clean(text, false))[0] ?? new Uint8Array();
  // A cursor between the halves of a surrogate pair counts as before it.
  const before = (at: number): string => clean(text.slice(0, at).replace(/[\ud800-\udbff]$/, ''), false);
  const offset = (at: number): number => Math.min(utf8Length(before(at)), bytes.length);
  return { bytes, begin: offset(selectionStart), end: offset(selectionEnd) };
}
