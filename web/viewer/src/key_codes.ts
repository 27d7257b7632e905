// KeyboardEvent.code (UI Events code values, W3C) to the codes of linux/input-event-codes.h.

const table: Record<string, number> = {
  Escape: 1, Minus: 12, Equal: 13, Backspace: 14, Tab: 15, BracketLeft: 26, BracketRight: 27,
  Enter: 28, ControlLeft: 29, Semicolon: 39, Quote: 40, Backquote: 41, ShiftLeft: 42, Backslash: 43,
  Comma: 51, Period: 52, Slash: 53, ShiftRight: 54, NumpadMultiply: 55, AltLeft: 56, Space: 57,
  ScrollLock: 70, NumpadSubtract: 74, NumpadAdd: 78, NumpadDecimal: 83, Lang5: 85, IntlBackslash: 86,
  F11: 87, F12: 88, IntlRo: 89, Lang3: 90, Lang4: 91, Convert: 92, KanaMode: 93, NonConvert: 94,
  NumpadEnter: 96, ControlRight: 97, NumpadDivide: 98, PrintScreen: 99, AltRight: 100, Home: 102,
  ArrowUp: 103, PageUp: 104, ArrowLeft: 105, ArrowRight: 106, End: 107, ArrowDown: 108, PageDown: 109,
  Insert: 110, Delete: 111, NumpadEqual: 117, Pause: 119, NumpadComma: 121, Lang1: 122, Lang2: 123,
  IntlYen: 124, MetaLeft: 125, MetaRight: 126, ContextMenu: 127, Again: 129, Undo: 131, Copy: 133,
  Paste: 135, Find: 136, Cut: 137, Help: 138, BrowserBack: 158, BrowserForward: 159,
  BrowserRefresh: 173, NumpadParenLeft: 179, NumpadParenRight: 180,
};

const letterRows: [string, number][] = [['QWERTYUIOP', 16], ['ASDFGHJKL', 30], ['ZXCVBNM', 44]];
for (const [letters, first] of letterRows) {
  Array.from(letters).forEach((letter, i) => { table[`Key${letter}`] = first + i; });
}
Array.from('1234567890').forEach((digit, i) => { table[`Digit${digit}`] = 2 + i; });
for (let i = 1; i <= 10; i++) table[`F${i}`] = 58 + i;
for (let i = 13; i <= 24; i++) table[`F${i}`] = 170 + i;
for (const [digits, first] of [['789', 71], ['456', 75], ['1230', 79]] as const) {
  Array.from(digits).forEach((digit, i) => { table[`Numpad${digit}`] = first + i; });
}

// The evdev code; undefined where the protocol or the session has none for it.
export function evdevOf(code: string): number | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}

// For keyboards on glass, which say what a key means but not where it lies.
const named: Record<string, string> = {
  Enter: 'Enter', Backspace: 'Backspace', Tab: 'Tab', Escape: 'Escape', Delete: 'Delete', Home: 'Home',
  End: 'End', PageUp: 'PageUp', PageDown: 'PageDown', ArrowUp: 'ArrowUp', ArrowDown: 'ArrowDown',
  ArrowLeft: 'ArrowLeft', ArrowRight: 'ArrowRight',
};

export function codeOfNamed(key: string): string | undefined {
  return Object.hasOwn(named, key) ? named[key] : undefined;
}
