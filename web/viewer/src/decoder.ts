// The picture that the frames describe, kept in memory: each rectangle kind changes it exactly, and
// says nothing of a screen. Its rules are those of docs/wire.md, "frame".

import { Kind, maximumRaw, maximumRectangles, ProtocolError, type Frame, type Rectangle } from './wire.js';
import { ZstdStream } from './zstd.js';

// Pixels as canvas image data holds them: red in the lowest byte.
export const black = 0xff000000;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class Picture {
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
  readonly pixels: Uint32Array<ArrayBuffer>;

  constructor(readonly width: number, readonly height: number) {
    this.bytes = new Uint8ClampedArray(width * height * 4);
    this.pixels = new Uint32Array(this.bytes.buffer);
    this.pixels.fill(black);
  }
}

function rgb(body: Uint8Array, at: number): number {
  return black | (body[at + 2]! << 16) | (body[at + 1]! << 8) | body[at]!;
}

// As if the source were read whole before anything is written.
export function drawCopy(picture: Picture, rectangle: Rectangle): void {
  const { width, pixels } = picture;
  const from = rectangle.fromY * width + rectangle.fromX;
  const to = rectangle.y * width + rectangle.x;
  const downwards = rectangle.y > rectangle.fromY;
  for (let i = 0; i < rectangle.height; i++) {
    const row = (downwards ? rectangle.height - 1 - i : i) * width;
    pixels.copyWithin(to + row, from + row, from + row + rectangle.width);
  }
}

// Three bytes a pixel.
export function drawColours(picture: Picture, rectangle: Rectangle, body: Uint8Array): void {
  const { pixels } = picture;
  let at = 0;
  for (let y = rectangle.y; y < rectangle.y + rectangle.height; y++) {
    const row = y * picture.width + rectangle.x;
    for (let to = row; to < row + rectangle.width; to++, at += 3) pixels[to] = rgb(body, at);
  }
}

const palette = new Uint32Array(256);

// The colours, three bytes each, then one byte a pixel: which of them.
export function drawPalette(picture: Picture, rectangle: Rectangle, body: Uint8Array): void {
  const { pixels } = picture;
  const { colours } = rectangle;
  for (let i = 0; i < colours; i++) palette[i] = rgb(body, 3 * i);
  let at = 3 * colours;
  let highest = 0;
  for (let y = rectangle.y; y < rectangle.y + rectangle.height; y++) {
    const row = y * picture.width + rectangle.x;
    for (let to = row; to < row + rectangle.width; to++) {
      const index = body[at++]!;
      if (index > highest) highest = index;
      pixels[to] = palette[index]!;
    }
  }
  if (highest >= colours) throw new ProtocolError('a pixel of a colour that the palette lacks');
}

// Three bytes for all of it.
export function drawSolid(picture: Picture, rectangle: Rectangle, body: Uint8Array): void {
  const colour = rgb(body, 0);
  for (let y = rectangle.y; y < rectangle.y + rectangle.height; y++) {
    const row = y * picture.width + rectangle.x;
    picture.pixels.fill(colour, row, row + rectangle.width);
  }
}

// Draws one rectangle from the body's bytes at `at`; returns how many it took.
function draw(picture: Picture, rectangle: Rectangle, body: Uint8Array, at: number): number {
  const area = rectangle.width * rectangle.height;
  switch (rectangle.kind) {
    case Kind.copy:
      drawCopy(picture, rectangle);
      return 0;
    case Kind.colours:
      drawColours(picture, rectangle, body.subarray(at));
      return 3 * area;
    case Kind.palette:
      drawPalette(picture, rectangle, body.subarray(at));
      return 3 * rectangle.colours + area;
    case Kind.solid:
      drawSolid(picture, rectangle, body.subarray(at));
      return 3;
  }
}

// One connection's frames. `picture` holds the newest whole frame between calls that return
// something; it must not be shown between the parts of one.
export class Decoder {
  private readonly stream = new ZstdStream(maximumRaw);
  private serial = 0;
  private inside = false; // a first part came, its last part has not
  private dirty: Area[] = [];
  private image = new Picture(0, 0);

  get picture(): Picture { return this.image; }

  // Applies a part. Returns what changed in the picture when it was the frame's last; otherwise
  // undefined.
  apply(frame: Frame): readonly Area[] | undefined {
    this.checkOrder(frame);
    if (frame.fresh) {
      this.image = new Picture(frame.width, frame.height);
      this.dirty = [{ x: 0, y: 0, width: frame.width, height: frame.height }];
    }
    const body = frame.raw === 0 ? frame.body : this.stream.push(frame.body, frame.raw);
    let at = 0;
    for (const rectangle of frame.rectangles) {
      at += draw(this.image, rectangle, body, at);
      this.dirty.push(rectangle);
    }
    if (this.dirty.length > maximumRectangles) this.dirty = [boundingBox(this.dirty)];
    this.inside = !frame.last;
    if (!frame.last) return undefined;
    this.serial = frame.serial;
    const changed = this.dirty;
    this.dirty = [];
    return changed;
  }

  private checkOrder(frame: Frame): void {
    if (frame.serial !== this.serial + 1) throw new ProtocolError('a frame out of order');
    if (frame.first === this.inside) throw new ProtocolError('parts of a frame out of order');
    const sameSize = frame.width === this.image.width && frame.height === this.image.height;
    if (!sameSize && !frame.fresh) throw new ProtocolError('another size without a fresh canvas');
  }
}

function boundingBox(areas: readonly Area[]): Area {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (const area of areas) {
    left = Math.min(left, area.x);
    top = Math.min(top, area.y);
    right = Math.max(right, area.x + area.width);
    bottom = Math.max(bottom, area.y + area.height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

// What to hand to the canvas: the areas, or their bounding box where that is cheaper than many of
// them.
export function toShow(changed: readonly Area[]): readonly Area[] {
  if (changed.length <= 1) return changed;
  const callCost = 4096; // pixels whose transfer costs as much as one more call
  const apart = changed.reduce((sum, area) => sum + area.width * area.height + callCost, 0);
  const box = boundingBox(changed);
  return box.width * box.height <= apart ? [box] : changed;
}
