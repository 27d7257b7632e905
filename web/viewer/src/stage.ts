// The screen as a place of input: what the pointer, the wheel, the keys and the input method do over
// it becomes messages. Its canvas has the focus while the session wants no text, its hidden field
// while it does: then, and only then, the terminal's input method is there.

import { element } from '../../shared/dom.js';
import { Composition } from './composition.js';
import type { Area } from './decoder.js';
import { evdevOf } from './key_codes.js';
import { Keyboard } from './keyboard.js';
import { buttonChanges, pixelAt, Wheel, type WheelTurn } from './pointing.js';
import * as wire from './wire.js';

export interface StageEvents {
  // Droppable: may be left out when the line is full.
  send(bytes: Uint8Array<ArrayBuffer>, droppable?: boolean): void;
  leave(): void; // the user wants the toolbar
  resized(): void; // the place on the display is another, and settled
}

const passwordPurpose = 8;
const resizePause = 80; // milliseconds without another change
const fingerSlack = 8; // a finger that moves less is a click

export class Stage {
  readonly canvas = element('canvas', { 'data-testid': 'screen', tabindex: 0, role: 'application' });
  private readonly field = element('textarea', {
    class: 'field', tabindex: -1, autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false',
    'data-testid': 'field',
  });
  readonly root = element('main', { class: 'stage' }, this.canvas, this.field);
  private readonly keyboard: Keyboard;
  private readonly composition: Composition;
  private readonly wheel = new Wheel();
  private wantsText = false;
  private focused = false;
  private buttons = 0;
  private last = { x: -1, y: -1 };
  private finger: { x: number; y: number; dragged: boolean } | undefined;
  private caret: Area = { x: 0, y: 0, width: 1, height: 16 };
  private size: wire.Size = { width: 1280, height: 800, scale: 120 };
  private resizing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: StageEvents, private readonly layout: wire.Layout) {
    this.keyboard = new Keyboard({
      key: (evdev, pressed) => events.send(wire.key(evdev, pressed)),
      commit: (text) => this.composition.commit(text),
      leave: () => events.leave(),
    }, layout);
    this.composition = new Composition(this.field, {
      preedit: ({ bytes, begin, end }) => events.send(wire.preedit(begin, end, bytes)),
      commit: (text) => events.send(wire.commit(text)),
      tap: (code) => this.tap(code),
    });
    this.listenToKeys();
    this.listenToPointer();
    this.listenToFocus();
    this.observeSize();
  }

  label(screen: string, field: string): void {
    this.canvas.setAttribute('aria-label', screen);
    this.field.setAttribute('aria-label', field);
  }

  get currentSize(): wire.Size { return this.size; }
  get currentLayout(): wire.Layout { return this.layout; }

  // A session listens that knows nothing yet of this terminal's keys.
  greeted(): void {
    this.keyboard.forget();
    this.buttons = 0;
    this.wantsText = false;
    this.last = { x: -1, y: -1 };
    const told = this.focused;
    if (document.activeElement === document.body) this.focus();
    else this.placeFocus();
    if (this.focused === told) this.events.send(wire.focus(told));
  }

  setTextInput(enabled: boolean, purpose: number): void {
    this.wantsText = enabled && purpose !== passwordPurpose;
    this.canvas.dataset['textInput'] = enabled ? 'enabled' : 'disabled';
    this.placeFocus();
  }

  setCaret(area: Area): void {
    this.caret = area;
    this.placeField();
  }

  focus(): void {
    (this.wantsText ? this.field : this.canvas).focus({ preventScroll: true });
  }

  // Moves it between canvas and field, when it is on either.
  private placeFocus(): void {
    this.placeField();
    if (this.root.contains(document.activeElement)) this.focus();
  }

  // While it composes, the field stays: the input method counts from where the composition began.
  private placeField(): void {
    if (this.composition.composing) return;
    const ratio = devicePixelRatio;
    const { style } = this.field;
    style.left = `${this.caret.x / ratio}px`;
    style.top = `${this.caret.y / ratio}px`;
    style.height = `${Math.max(this.caret.height / ratio, 8)}px`;
    style.fontSize = `${Math.max(this.caret.height / ratio, 8) * 0.8}px`;
  }

  private listenToKeys(): void {
    this.root.addEventListener('keydown', (event) => {
      const dealtWith = this.keyboard.down({
        code: event.code, key: event.key, keyCode: event.keyCode, isComposing: event.isComposing,
        ctrlKey: event.ctrlKey, altKey: event.altKey, metaKey: event.metaKey, shiftKey: event.shiftKey,
        altGraph: event.getModifierState('AltGraph'),
      }, event.repeat);
      if (dealtWith) event.preventDefault();
    });
    this.root.addEventListener('keyup', (event) => {
      this.keyboard.up(event);
      event.preventDefault();
    });
  }

  private tap(code: string): void {
    this.events.send(wire.key(evdevOf(code)!, true));
    this.events.send(wire.key(evdevOf(code)!, false));
  }

  private listenToPointer(): void {
    const { canvas } = this;
    canvas.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      if (this.composition.composing) this.field.blur(); // decides what was being composed
      this.focus();
      canvas.setPointerCapture(event.pointerId);
      if (event.pointerType === 'touch') this.finger = { x: event.clientX, y: event.clientY, dragged: false };
      else this.point(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'touch') this.drag(event);
      else this.point(event);
    });
    canvas.addEventListener('pointerup', (event) => {
      if (event.pointerType === 'touch') this.lift(event);
      else this.point(event);
    });
    canvas.addEventListener('pointercancel', () => {
      this.finger = undefined;
      this.setButtons(0);
    });
    canvas.addEventListener('mousedown', (event) => event.preventDefault());
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.move(event);
      this.turn(event as WheelEvent & { wheelDeltaX?: number; wheelDeltaY?: number });
    }, { passive: false });
    for (const name of ['contextmenu', 'auxclick', 'dragstart'] as const) {
      this.root.addEventListener(name, (event) => event.preventDefault());
    }
  }

  private point(event: PointerEvent): void {
    this.move(event);
    this.setButtons(event.buttons);
  }

  // A finger that moves scrolls; one that does not, clicks.
  private drag(event: PointerEvent): void {
    const { finger } = this;
    if (finger === undefined) return;
    const deltaX = finger.x - event.clientX;
    const deltaY = finger.y - event.clientY;
    if (!finger.dragged && Math.hypot(deltaX, deltaY) < fingerSlack) return;
    if (!finger.dragged) this.move(event);
    this.finger = { x: event.clientX, y: event.clientY, dragged: true };
    this.turn({ deltaX, deltaY, deltaMode: 0 });
  }

  private lift(event: PointerEvent): void {
    const { finger } = this;
    this.finger = undefined;
    if (finger === undefined || finger.dragged) return;
    this.move(event);
    this.setButtons(1);
    this.setButtons(0);
  }

  private move(event: MouseEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const x = pixelAt(event.clientX, box.left, devicePixelRatio, this.canvas.width);
    const y = pixelAt(event.clientY, box.top, devicePixelRatio, this.canvas.height);
    if (x === this.last.x && y === this.last.y) return;
    this.last = { x, y };
    this.events.send(wire.pointer(x, y), this.buttons === 0 && event.type === 'pointermove');
  }

  private setButtons(now: number): void {
    for (const { button, pressed } of buttonChanges(this.buttons, now)) {
      this.events.send(wire.button(button, pressed));
    }
    this.buttons = now;
  }

  private turn(event: WheelTurn): void {
    const turned = this.wheel.turn(event);
    if (turned !== undefined) this.events.send(wire.wheel(turned.dx, turned.dy));
  }

  private listenToFocus(): void {
    this.root.addEventListener('focusin', () => this.setFocused(true));
    this.root.addEventListener('focusout', (event) => {
      if (!this.root.contains(event.relatedTarget as Node | null)) this.setFocused(false);
    });
  }

  private setFocused(focused: boolean): void {
    if (this.focused === focused) return;
    this.focused = focused;
    if (!focused) {
      this.keyboard.forget(); // the session releases everything
      this.buttons = 0;
    }
    this.events.send(wire.focus(focused));
  }

  private observeSize(): void {
    const observer = new ResizeObserver(([entry]) => {
      const exact = entry!.devicePixelContentBoxSize?.[0];
      const width = entry!.contentRect.width * devicePixelRatio;
      const height = entry!.contentRect.height * devicePixelRatio;
      // An emulated ratio (in a browser's developer tools) does not show in the exact size.
      if (exact !== undefined && Math.abs(exact.inlineSize - width) < 2) this.setSize(exact.inlineSize, exact.blockSize);
      else this.setSize(width, height);
    });
    try {
      observer.observe(this.root, { box: 'device-pixel-content-box' });
    } catch {
      observer.observe(this.root); // Safari
    }
  }

  // Before the first connection, when nothing has been observed yet.
  measure(): void {
    const { width, height } = this.root.getBoundingClientRect();
    this.setSize(width * devicePixelRatio, height * devicePixelRatio);
    clearTimeout(this.resizing);
  }

  // In device pixels.
  private setSize(width: number, height: number): void {
    const limit = (value: number, low: number, high: number): number =>
      Math.min(Math.max(Math.round(value), low), high);
    const size = {
      width: limit(width, wire.minimumSide, wire.maximumSide),
      height: limit(height, wire.minimumSide, wire.maximumSide),
      scale: limit(devicePixelRatio * 120, wire.minimumScale, wire.maximumScale),
    };
    if (size.width === this.size.width && size.height === this.size.height && size.scale === this.size.scale) return;
    this.size = size;
    clearTimeout(this.resizing);
    this.resizing = setTimeout(() => {
      this.events.send(wire.resize(this.size));
      this.events.resized();
    }, resizePause);
  }
}
