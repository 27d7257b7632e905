import { describe, expect, it } from 'vitest';
import { buttonChanges, pixelAt, Wheel } from './pointing.js';

describe('pixelAt', () => {
  it.each([1, 1.25, 1.5, 2, 1.1])('finds each device pixel at a ratio of %d', (ratio) => {
    const top = 44;
    for (let pixel = 0; pixel < 1000; pixel++) {
      // As a browser reports it: the device pixel on the page, in single precision.
      const client = Math.fround((Math.round(top * ratio) + pixel) / ratio);
      expect(pixelAt(client, top, ratio, 1000)).toBe(pixel);
    }
  });

  it('stays inside', () => {
    expect(pixelAt(-5, 0, 1, 100)).toBe(0);
    expect(pixelAt(500, 0, 1.25, 100)).toBe(99);
  });
});

describe('buttonChanges', () => {
  it('follows each of five buttons', () => {
    expect(buttonChanges(0, 1 | 2 | 4 | 8 | 16).map((one) => one.button).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(buttonChanges(1 | 2, 2)).toEqual([{ button: 0, pressed: false }]);
    expect(buttonChanges(0, 8)).toEqual([{ button: 3, pressed: true }]);
    expect(buttonChanges(3, 3)).toEqual([]);
  });
});

describe('Wheel', () => {
  const turn = { deltaX: 0, deltaY: 0, deltaMode: 0 };

  it.each<[string, object, object]>([
    ['a notch that scrolls 100 pixels', { deltaY: 100, wheelDeltaY: -120 }, { dx: 0, dy: 120 }],
    ['a notch that scrolls 120 pixels', { deltaY: -120, wheelDeltaY: 120 }, { dx: 0, dy: -120 }],
    ['a notch of a zoomed page', { deltaY: 80, wheelDeltaY: -120 }, { dx: 0, dy: 120 }],
    ['pixels alone', { deltaY: 50 }, { dx: 0, dy: 50 }],
    ['pixels of a touchpad', { deltaY: 7, wheelDeltaY: -21 }, { dx: 0, dy: 7 }],
    ['many pixels of a touchpad', { deltaY: 80, wheelDeltaY: -240 }, { dx: 0, dy: 80 }],
    ['more pixels than its notches say', { deltaY: 600, wheelDeltaY: -120 }, { dx: 0, dy: 600 }],
    ['three lines', { deltaY: 3, deltaMode: 1 }, { dx: 0, dy: 120 }],
    ['sideways', { deltaX: 25 }, { dx: 25, dy: 0 }],
    ['far too far', { deltaY: 1e9 }, { dx: 0, dy: 12000 }],
  ])('%s', (_, event, expected) => expect(new Wheel().turn({ ...turn, ...event })).toEqual(expected));

  it('gathers fractions', () => {
    const wheel = new Wheel();
    let sum = 0;
    for (let i = 0; i < 1000; i++) sum += wheel.turn({ ...turn, deltaY: 0.3 })?.dy ?? 0;
    expect(sum).toBeGreaterThanOrEqual(299);
    expect(sum).toBeLessThanOrEqual(300);
  });
});
