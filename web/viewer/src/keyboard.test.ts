import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evdevOf } from './key_codes.js';
import { decide, type KeyDown } from './key_decision.js';
import { characterOf } from './keymap.js';
import { Keyboard } from './keyboard.js';

const event = (code: string, key: string, more: Partial<KeyDown> = {}): KeyDown => ({
  code, key, keyCode: 0, isComposing: false, ctrlKey: false, altKey: false, metaKey: false,
  shiftKey: false, altGraph: false, ...more,
});

describe('evdevOf', () => {
  it.each([
    ['KeyA', 30], ['KeyM', 50], ['Digit1', 2], ['Digit0', 11], ['F1', 59], ['F10', 68], ['F11', 87], ['F13', 183],
    ['F24', 194], ['Numpad7', 71], ['Numpad5', 76], ['Numpad0', 82], ['IntlRo', 89], ['IntlYen', 124],
    ['Convert', 92], ['NonConvert', 94], ['KanaMode', 93], ['Lang1', 122], ['Lang2', 123], ['NumpadEnter', 96],
  ])('%s is %i', (code, evdev) => expect(evdevOf(code)).toBe(evdev));

  it('knows no key that would act on the machine, and nothing inherited', () => {
    for (const code of ['Power', 'Sleep', 'AudioVolumeUp', '', 'toString']) expect(evdevOf(code)).toBeUndefined();
  });
});

describe('characterOf', () => {
  // The same names in xkeyboard-config's file, where it is installed.
  const file = '/usr/share/X11/xkb/symbols/jp';
  const read = (): string | undefined => {
    try { return readFileSync(file, 'utf8'); } catch { return undefined; }
  };
  it.runIf(read() !== undefined)('agrees with xkeyboard-config', () => {
    const names: Record<string, string> = { AE11: 'Minus', AE12: 'Equal', AD11: 'BracketLeft', AD12: 'BracketRight',
      AC10: 'Semicolon', AC11: 'Quote', AC12: 'Backslash', AB11: 'IntlRo', AE02: 'Digit2', AE13: 'IntlYen' };
    const symbols: Record<string, string> = { minus: '-', equal: '=', asciicircum: '^', asciitilde: '~', at: '@',
      grave: '`', bracketleft: '[', braceleft: '{', semicolon: ';', plus: '+', colon: ':', asterisk: '*',
      bracketright: ']', braceright: '}', backslash: '\\', underscore: '_', quotedbl: '"', bar: '|', 2: '2' };
    for (const [xkb, code] of Object.entries(names)) {
      const found = new RegExp(`key <${xkb}> \\{ \\[ *(\\w+),\\s*(\\w+)\\s*\\]`).exec(read()!)!;
      expect([code, symbols[found[1]!], symbols[found[2]!]])
        .toEqual([code, characterOf('jp', code, false), characterOf('jp', code, true)]);
    }
  });
});

describe('decide', () => {
  const session = (evdev: number, more: object = {}) => ({ to: 'session', evdev, ...more });

  it.each<[string, KeyDown, 'jp' | 'us', object]>([
    ['a letter', event('KeyA', 'a'), 'jp', session(30)],
    ['a capital', event('KeyA', 'A', { shiftKey: true }), 'jp', session(30)],
    ['a capital of Caps Lock', event('KeyA', 'A'), 'jp', session(30, { shift: true })],
    ['a small letter of Caps Lock and Shift', event('KeyA', 'a', { shiftKey: true }), 'jp', session(30, { shift: false })],
    ['@ of a Japanese keyboard', event('BracketLeft', '@'), 'jp', session(26)],
    ['the same key where the session thinks it American', event('BracketLeft', '@'), 'us', { to: 'text', text: '@' }],
    ['a letter of an accented keyboard', event('KeyQ', 'ä'), 'us', { to: 'text', text: 'ä' }],
    ['kana typed directly', event('KeyA', 'ち'), 'jp', { to: 'text', text: 'ち' }],
    ['the euro by AltGr', event('KeyE', '€', { ctrlKey: true, altKey: true, altGraph: true }), 'jp', { to: 'text', text: '€' }],
    ['a shortcut', event('KeyC', 'c', { ctrlKey: true }), 'jp', session(46)],
    ['a shortcut on another keyboard', event('BracketLeft', '@', { ctrlKey: true }), 'us', session(26)],
    ['Enter', event('Enter', 'Enter'), 'jp', session(28)],
    ['F5', event('F5', 'F5'), 'jp', session(63)],
    ['F11, which fills the terminal\'s own display', event('F11', 'F11'), 'jp', { to: 'terminal' }],
    ['a digit of the numeric pad', event('Numpad7', '7'), 'jp', session(8, { shift: false })],
    ['Home on the numeric pad', event('Numpad7', 'Home'), 'jp', session(71)],
    ['henkan', event('Convert', 'Convert'), 'jp', session(92, { tap: true })],
    ['hankaku/zenkaku', event('Backquote', 'ZenkakuHankaku'), 'jp', session(41, { tap: true })],
    ['Caps Lock', event('CapsLock', 'CapsLock'), 'jp', { to: 'nobody' }],
    ['a key that the input method took', event('KeyA', 'Process', { keyCode: 229 }), 'jp', { to: 'terminal' }],
    ['a key during composition', event('Enter', 'Enter', { isComposing: true }), 'jp', { to: 'terminal' }],
    ['a dead key', event('BracketLeft', 'Dead'), 'us', { to: 'terminal' }],
    ['a character without a place', event('', 'x'), 'jp', { to: 'text', text: 'x' }],
    ['Backspace without a place', event('', 'Backspace'), 'jp', session(14, { tap: true })],
    ['a key that says nothing', event('', 'Unidentified'), 'jp', { to: 'terminal' }],
    ['a volume key', event('AudioVolumeUp', 'AudioVolumeUp'), 'jp', { to: 'nobody' }],
  ])('%s', (_, given, layout, expected) => expect(decide(given, layout)).toEqual(expected));
});

describe('Keyboard', () => {
  function made(): { keyboard: Keyboard; sent: string[] } {
    const sent: string[] = [];
    const keyboard = new Keyboard({
      key: (evdev, pressed) => sent.push(`${pressed ? '+' : '-'}${evdev}`),
      commit: (text) => sent.push(`"${text}"`),
      leave: () => sent.push('leave'),
    }, 'jp');
    return { keyboard, sent };
  }

  it('sends a press, its repeats and its release', () => {
    const { keyboard, sent } = made();
    expect(keyboard.down(event('KeyA', 'a'), false)).toBe(true);
    keyboard.down(event('KeyA', 'a'), true);
    keyboard.up(event('KeyA', 'a'));
    keyboard.up(event('KeyA', 'a'));
    expect(sent).toEqual(['+30', '+30', '-30']);
  });

  it('does not repeat modifiers', () => {
    const { keyboard, sent } = made();
    keyboard.down(event('ShiftLeft', 'Shift', { shiftKey: true }), false);
    keyboard.down(event('ShiftLeft', 'Shift', { shiftKey: true }), true);
    expect(sent).toEqual(['+42']);
  });

  it('leaves the release of what it did not send alone', () => {
    const { keyboard, sent } = made();
    expect(keyboard.down(event('KeyA', 'Process', { keyCode: 229 }), false)).toBe(false);
    keyboard.up(event('KeyA', 'a'));
    keyboard.down(event('KeyQ', 'é'), false);
    keyboard.up(event('KeyQ', 'é'));
    expect(sent).toEqual(['"é"']);
  });

  it('presses Shift for a capital of Caps Lock, and lifts it for the reverse', () => {
    const { keyboard, sent } = made();
    keyboard.down(event('KeyA', 'A'), false);
    keyboard.up(event('KeyA', 'A'));
    keyboard.down(event('ShiftRight', 'Shift', { shiftKey: true }), false);
    keyboard.down(event('KeyB', 'b', { shiftKey: true }), false);
    expect(sent).toEqual(['+42', '+30', '-42', '-30', '+54', '-54', '+48', '+54']);
  });

  it('releases a modifier whose release it never saw', () => {
    const { keyboard, sent } = made();
    keyboard.down(event('AltLeft', 'Alt', { altKey: true }), false);
    keyboard.down(event('KeyA', 'a'), false);
    expect(sent).toEqual(['+56', '-56', '+30']);
  });

  it('leaves by Ctrl, Alt and Shift alone', () => {
    const { keyboard, sent } = made();
    const all = { ctrlKey: true, altKey: true, shiftKey: true };
    const press = () => {
      keyboard.down(event('ControlLeft', 'Control', { ctrlKey: true }), false);
      keyboard.down(event('AltLeft', 'Alt', { ctrlKey: true, altKey: true }), false);
      keyboard.down(event('ShiftLeft', 'Shift', all), false);
    };
    press();
    keyboard.down(event('KeyA', 'A', all), false);
    keyboard.up(event('ShiftLeft', 'Shift'));
    expect(sent).not.toContain('leave');
    keyboard.releaseAll();
    sent.length = 0;
    press();
    keyboard.up(event('AltLeft', 'Alt'));
    expect(sent).toEqual(['+29', '+56', '+42', '-56', '-29', '-42', 'leave']);
  });
});
