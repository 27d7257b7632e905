// The pointer: places in device pixels, buttons by their state rather than by their events, and the
// wheel in 1/120 of a notch.

import { maximumWheel } from './wire.js';

// The session's pixel under a place of the page, both counted in the page's units; `left` and `top`
// are where the canvas begins. Browsers place the canvas at whole device pixels, and some report
// places as single-precision numbers: a hundredth of a pixel settles both.
export function pixelAt(client: number, start: number, ratio: number, size: number): number {
  const pixel = Math.floor(client * ratio + 0.01) - Math.round(start * ratio);
  return Math.min(Math.max(pixel, 0), size - 1);
}

// Bits of MouseEvent.buttons to the protocol's numbers.
const buttons: readonly (readonly [number, number])[] = [[1, 0], [4, 1], [2, 2], [8, 3], [16, 4]];

export interface ButtonChange { readonly button: number; readonly pressed: boolean }

export function buttonChanges(before: number, now: number): ButtonChange[] {
  return buttons.filter(([bit]) => ((before ^ now) & bit) !== 0)
    .map(([bit, button]) => ({ button, pressed: (now & bit) !== 0 }));
}

export interface WheelTurn {
  readonly deltaX: number;
  readonly deltaY: number;
  readonly deltaMode: number; // 0 pixels, 1 lines, 2 pages
  // Of Chromium and Firefox: 120 a notch of a wheel, the other way round.
  readonly wheelDeltaX?: number;
  readonly wheelDeltaY?: number;
}

const notch = 120;
const linesANotch = 3;
const notchesAPage = 5;

function units(delta: number, mode: number, wheelDelta: number | undefined): number {
  if (delta === 0) return 0;
  if (mode === 1) return (delta / linesANotch) * notch;
  if (mode === 2) return delta * notchesAPage * notch;
  // A wheel with notches scrolls 53 to 120 pixels with each, by system and by the page's zoom. What
  // is no such wheel scrolls pixels, and a notch of the session's browser is about 120 of them; for
  // it browsers claim three units a pixel, which is 40 pixels a notch.
  const notches = wheelDelta === undefined ? 0 : -wheelDelta / notch;
  const pixels = delta / notches;
  return Number.isInteger(notches) && pixels > 45 && pixels <= 160 ? notches * notch : delta;
}

// Gathers fractions, so that slow turns of a precise wheel are not lost.
export class Wheel {
  private restX = 0;
  private restY = 0;

  // In 1/120 of a notch, whole; undefined while it is less than one unit.
  turn(event: WheelTurn): { dx: number; dy: number } | undefined {
    const { deltaMode } = event; // read first, or Firefox tells pixels where it has lines
    this.restX += units(event.deltaX, deltaMode, event.wheelDeltaX);
    this.restY += units(event.deltaY, deltaMode, event.wheelDeltaY);
    const limit = (value: number): number => Math.max(-maximumWheel, Math.min(maximumWheel, Math.trunc(value)));
    const [dx, dy] = [limit(this.restX), limit(this.restY)];
    this.restX = (this.restX - dx) % 1;
    this.restY = (this.restY - dy) % 1;
    return dx === 0 && dy === 0 ? undefined : { dx, dy };
  }
}
