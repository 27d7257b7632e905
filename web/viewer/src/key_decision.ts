// What becomes of a key that went down: a key in the session, text that is committed there, or
// something for the terminal's own input method. Never both, so nothing is typed twice.
//
// The locks stay with the terminal: Caps Lock and Num Lock are not sent, and what they change about
// a character is expressed by Shift or by the row of digits. So a session cannot be left in another
// state than the keyboard before it.

import { codeOfNamed, evdevOf } from './key_codes.js';
import { characterOf } from './keymap.js';
import type { Layout } from './wire.js';

export interface KeyDown {
  readonly code: string;
  readonly key: string;
  readonly keyCode: number;
  readonly isComposing: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altGraph: boolean;
}

export type Decision =
  | { readonly to: 'terminal' } // its browser, its input method or the page's hidden field deals with it
  | { readonly to: 'nobody' }
  | { readonly to: 'session'; readonly evdev: number; readonly shift?: boolean; readonly tap?: boolean }
  | { readonly to: 'text'; readonly text: string };

const keyOfInputMethod = 229; // UI Events, 8.3.3: the key was processed by an input method
const locks = new Set(['CapsLock', 'NumLock']);
// Keys whose release some systems never report.
const momentary = new Set(['Convert', 'NonConvert', 'KanaMode', 'Lang1', 'Lang2', 'Lang3', 'Lang4', 'Lang5']);
const modeKeys = new Set(['HankakuZenkaku', 'Hankaku', 'Zenkaku', 'ZenkakuHankaku', 'KanjiMode',
  'Hiragana', 'Katakana', 'HiraganaKatakana', 'Romaji', 'Eisu', 'Alphanumeric']);

export function decide(event: KeyDown, layout: Layout): Decision {
  const { code, key } = event;
  if (event.isComposing || event.keyCode === keyOfInputMethod || key === 'Process') return { to: 'terminal' };
  if (locks.has(code)) return { to: 'nobody' };
  // The session's window fills its output anyway; the display before the user is the terminal's.
  if (code === 'F11' && !event.ctrlKey && !event.altKey && !event.metaKey) return { to: 'terminal' };
  const evdev = evdevOf(code);
  if (evdev !== undefined && (momentary.has(code) || modeKeys.has(key))) return { to: 'session', evdev, tap: true };
  const shortcut = (event.ctrlKey || event.altKey || event.metaKey) && !event.altGraph;
  if (evdev !== undefined && shortcut) return { to: 'session', evdev };
  if (key === 'Dead' || key === 'Unidentified') return { to: 'terminal' };
  if (Array.from(key).length === 1) return decideCharacter(event, layout, evdev);
  if (evdev !== undefined) return { to: 'session', evdev };
  const byName = codeOfNamed(key);
  return byName === undefined ? { to: 'nobody' } : { to: 'session', evdev: evdevOf(byName)!, tap: true };
}

function decideCharacter(event: KeyDown, layout: Layout, evdev: number | undefined): Decision {
  const { code, key, shiftKey } = event;
  if (evdev === undefined) return { to: 'text', text: key };
  if (/^Numpad[0-9]$/.test(code) && key === code.at(-1)) {
    return { to: 'session', evdev: evdevOf(`Digit${key}`)!, shift: false };
  }
  if (code === 'NumpadDecimal' && key === '.') return { to: 'session', evdev: evdevOf('Period')!, shift: false };
  if (characterOf(layout, code, shiftKey) === key) return { to: 'session', evdev };
  if (characterOf(layout, code, !shiftKey) === key) return { to: 'session', evdev, shift: !shiftKey };
  return { to: 'text', text: key };
}
