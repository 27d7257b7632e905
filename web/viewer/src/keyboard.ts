// The keyboard as the session sees it: which keys are down, and the chord that leads out of the
// screen: Ctrl, Alt and Shift held together and released without another key.

import { evdevOf } from './key_codes.js';
import { decide, type KeyDown } from './key_decision.js';
import type { Layout } from './wire.js';

export interface KeySink {
  key(evdev: number, pressed: boolean): void;
  commit(text: string): void;
  leave(): void; // the chord: the toolbar gets the focus
}

const modifiers: Record<string, keyof KeyDown> = {
  ShiftLeft: 'shiftKey', ShiftRight: 'shiftKey', ControlLeft: 'ctrlKey', ControlRight: 'ctrlKey',
  AltLeft: 'altKey', AltRight: 'altKey', MetaLeft: 'metaKey', MetaRight: 'metaKey',
};
const shifts = ['ShiftLeft', 'ShiftRight'];

export class Keyboard {
  private readonly pressed = new Map<string, number>(); // code to what the session was told
  private armed = false;

  constructor(private readonly sink: KeySink, private readonly layout: Layout) {}

  // True when the page dealt with it, so that the terminal must not.
  down(event: KeyDown, repeat: boolean): boolean {
    const decision = decide(event, this.layout);
    if (decision.to === 'terminal') return false;
    const isModifier = Object.hasOwn(modifiers, event.code);
    this.armed = isModifier && event.ctrlKey && event.altKey && event.shiftKey;
    if (!isModifier) this.releaseStaleModifiers(event);
    if (decision.to === 'text') {
      this.sink.commit(decision.text);
    } else if (decision.to === 'session') {
      // A held key repeats here, at the terminal's own pace; modifiers do not.
      if (repeat && isModifier) return true;
      this.withShift(decision.shift, () => this.sink.key(decision.evdev, true));
      if (decision.tap === true) this.sink.key(decision.evdev, false);
      else this.pressed.set(event.code, decision.evdev);
    }
    return true;
  }

  up(event: { readonly code: string }): void {
    const evdev = this.pressed.get(event.code);
    if (evdev !== undefined) {
      this.pressed.delete(event.code);
      this.sink.key(evdev, false);
    }
    // macOS reports no release of other keys while Command is down.
    if (event.code === 'MetaLeft' || event.code === 'MetaRight') this.releaseAll();
    if (!this.armed || !Object.hasOwn(modifiers, event.code)) return;
    this.armed = false;
    this.releaseAll();
    this.sink.leave();
  }

  releaseAll(): void {
    for (const evdev of this.pressed.values()) this.sink.key(evdev, false);
    this.forget();
  }

  // The session has released everything, or is another one.
  forget(): void {
    this.pressed.clear();
    this.armed = false;
  }

  // A release that went elsewhere (another window took the focus meanwhile) shows in the next event.
  private releaseStaleModifiers(event: KeyDown): void {
    for (const [code, flag] of Object.entries(modifiers)) {
      const evdev = this.pressed.get(code);
      if (evdev === undefined || event[flag] === true || event.altGraph) continue;
      this.pressed.delete(code);
      this.sink.key(evdev, false);
    }
  }

  private withShift(wanted: boolean | undefined, act: () => void): void {
    const held = shifts.filter((code) => this.pressed.has(code)).map((code) => evdevOf(code)!);
    if (wanted === undefined || wanted === held.length > 0) {
      act();
      return;
    }
    const keys = wanted ? [evdevOf('ShiftLeft')!] : held;
    keys.forEach((evdev) => this.sink.key(evdev, wanted));
    act();
    keys.forEach((evdev) => this.sink.key(evdev, !wanted));
  }
}
