// What the session's keymaps yield: xkeyboard-config's "jp" and "us", plain and with Shift. Caps
// Lock and Num Lock are never on in a session (see key_decision.ts).

import type { Layout } from './wire.js';

type Levels = readonly [string, string];

const letters: Record<string, Levels> = Object.fromEntries(
  Array.from('abcdefghijklmnopqrstuvwxyz', (letter) =>
    [`Key${letter.toUpperCase()}`, [letter, letter.toUpperCase()]]));

const common: Record<string, Levels> = {
  ...letters,
  Comma: [',', '<'], Period: ['.', '>'], Slash: ['/', '?'], Space: [' ', ' '],
  NumpadMultiply: ['*', '*'], NumpadSubtract: ['-', '-'], NumpadAdd: ['+', '+'],
  NumpadDivide: ['/', '/'], NumpadEqual: ['=', '='],
};

const digits = (shifted: string): Record<string, Levels> => Object.fromEntries(
  Array.from('1234567890', (digit, i) => [`Digit${digit}`, [digit, Array.from(shifted)[i]!]]));

const keymaps: Record<Layout, Record<string, Levels>> = {
  jp: {
    ...common, ...digits('!"#$%&\'()~'),
    Minus: ['-', '='], Equal: ['^', '~'], IntlYen: ['\\', '|'], BracketLeft: ['@', '`'],
    BracketRight: ['[', '{'], Semicolon: [';', '+'], Quote: [':', '*'], Backslash: [']', '}'],
    IntlRo: ['\\', '_'],
  },
  us: {
    ...common, ...digits('!@#$%^&*()'),
    Minus: ['-', '_'], Equal: ['=', '+'], BracketLeft: ['[', '{'], BracketRight: [']', '}'],
    Semicolon: [';', ':'], Quote: ['\'', '"'], Backquote: ['`', '~'], Backslash: ['\\', '|'],
    IntlBackslash: ['<', '>'],
  },
};

// The character that the key yields in the session; undefined where it yields none.
export function characterOf(layout: Layout, code: string, shift: boolean): string | undefined {
  const keymap = keymaps[layout];
  return Object.hasOwn(keymap, code) ? keymap[code]![shift ? 1 : 0] : undefined;
}
