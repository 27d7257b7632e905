import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { frame, StoredStream, type Part } from '../test/messages.js';
import { black, Decoder, drawColours, drawCopy, drawPalette, drawSolid, Picture, toShow } from './decoder.js';
import { decode, Kind, ProtocolError, type Frame, type Rectangle } from './wire.js';
import { CorruptStream } from './zstd_tables.js';

const rectangle = (kind: Kind, x: number, y: number, width: number, height: number,
                   more: Partial<Rectangle> = {}): Rectangle =>
  ({ kind, x, y, width, height, fromX: 0, fromY: 0, colours: 0, ...more });

const rows = (picture: Picture): number[][] => Array.from({ length: picture.height }, (_, y) =>
  Array.from(picture.pixels.subarray(y * picture.width, (y + 1) * picture.width), (pixel) => pixel & 0xffffff));

function numbered(width: number, height: number): Picture {
  const picture = new Picture(width, height);
  picture.pixels.forEach((_, i) => { picture.pixels[i] = black | i; });
  return picture;
}

describe('rectangles', () => {
  it('draws colours', () => {
    const picture = new Picture(3, 3);
    drawColours(picture, rectangle(Kind.colours, 1, 1, 2, 2), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    expect(Array.from(picture.bytes.subarray(16, 24))).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
    expect(rows(picture)).toEqual([[0, 0, 0], [0, 0x030201, 0x060504], [0, 0x090807, 0x0c0b0a]]);
  });

  it('draws palettes', () => {
    const picture = new Picture(3, 2);
    drawPalette(picture, rectangle(Kind.palette, 0, 0, 3, 2, { colours: 2 }),
                Uint8Array.of(255, 0, 0, 0, 0, 255, 0, 1, 0, 1, 1, 0));
    expect(rows(picture)).toEqual([[0xff, 0xff0000, 0xff], [0xff0000, 0xff0000, 0xff]]);
    expect(() => drawPalette(picture, rectangle(Kind.palette, 0, 0, 1, 1, { colours: 1 }), Uint8Array.of(1, 2, 3, 1)))
      .toThrow(ProtocolError);
  });

  it('draws one colour', () => {
    const picture = new Picture(2, 2);
    drawSolid(picture, rectangle(Kind.solid, 1, 0, 1, 2), Uint8Array.of(1, 2, 3));
    expect(rows(picture)).toEqual([[0, 0x030201], [0, 0x030201]]);
  });

  it('copies as if the source were read whole, whichever way they overlap', () => {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1], [1, -1], [-1, -1], [2, 2]] as const) {
      const picture = numbered(8, 8);
      const before = rows(picture);
      drawCopy(picture, rectangle(Kind.copy, 2 + dx, 2 + dy, 4, 4, { fromX: 2, fromY: 2 }));
      const expected = before.map((row, y) => row.map((pixel, x) =>
        x >= 2 + dx && x < 6 + dx && y >= 2 + dy && y < 6 + dy ? before[y - dy]![x - dx]! : pixel));
      expect(rows(picture)).toEqual(expected);
    }
  });
});

describe('Decoder', () => {
  const part = (given: Part): Frame => decode(frame(given)) as Frame;
  const white = { rectangles: [[3, 0, 0, 64, 64]], raw: [255, 255, 255] };

  it('shows nothing before the last part, and says then what changed', () => {
    const decoder = new Decoder();
    const stream = new StoredStream();
    expect(decoder.apply(part({ flags: 5, ...white, stream }))).toBeUndefined();
    const changed = decoder.apply(part({ flags: 2, rectangles: [[3, 1, 2, 3, 4]], raw: [1, 2, 3], stream }));
    expect(changed).toHaveLength(3);
    expect(changed![2]).toMatchObject({ x: 1, y: 2, width: 3, height: 4 });
    expect(decoder.picture.pixels[2 * 64 + 1]! & 0xffffff).toBe(0x030201);
    expect(decoder.picture.pixels[0]! & 0xffffff).toBe(0xffffff);
    expect(decoder.apply(part({ serial: 2, flags: 3, stream }))).toEqual([]);
  });

  it('begins a fresh canvas black', () => {
    const decoder = new Decoder();
    const stream = new StoredStream();
    decoder.apply(part({ ...white, stream }));
    decoder.apply(part({ serial: 2, size: [70, 64], stream }));
    expect(decoder.picture.width).toBe(70);
    expect(decoder.picture.pixels.every((pixel) => pixel === black)).toBe(true);
  });

  it('keeps the list of changes bounded in a frame that does not end', () => {
    const decoder = new Decoder();
    const stream = new StoredStream();
    const many = Array.from({ length: 4096 }, (_, i) => [0, i % 64, 5, 1, 1, 0, 0]);
    decoder.apply(part({ flags: 5, stream }));
    for (let i = 0; i < 5; i++) decoder.apply(part({ flags: 0, rectangles: many, stream }));
    expect(decoder.apply(part({ flags: 2, stream }))!.length).toBeLessThan(4097);
  });

  it('takes the bodies of all parts from one stream', () => {
    const decoder = new Decoder();
    decoder.apply(part({ ...white, stream: new StoredStream() }));
    expect(() => decoder.apply(part({ serial: 2, flags: 3, ...white, stream: new StoredStream() })))
      .toThrow(CorruptStream);
  });

  it.each<[string, Part[]]>([
    ['a first frame that is not the first', [{ serial: 2 }]],
    ['the same frame twice', [{}, { flags: 3 }]],
    ['a frame left out', [{}, { serial: 3, flags: 3 }]],
    ['a later part without a first', [{ flags: 2 }]],
    ['two first parts', [{ flags: 5 }, { flags: 1 }]],
    ['a first frame without a fresh canvas', [{ flags: 3 }]],
    ['another size without a fresh canvas', [{}, { serial: 2, flags: 3, size: [65, 64] }]],
  ])('refuses %s', (_, parts) => {
    const decoder = new Decoder();
    const apply = () => parts.forEach((one) => decoder.apply(part(one)));
    expect(apply).toThrow(ProtocolError);
  });
});

describe('what the session\'s encoder sent', () => {
  it('becomes the same pixels', () => {
    const file = new Uint8Array(readFileSync(new URL('../test/frames.bin', import.meta.url)));
    const view = new DataView(file.buffer, file.byteOffset);
    const kinds = new Set<Kind>();
    const decoder = new Decoder();
    let frames = 0;
    for (let at = 0; at < file.length; at += 4, frames++) {
      let messages = view.getUint32(at, true);
      for (at += 4; messages > 0; messages--) {
        const size = view.getUint32(at, true);
        const message = decode(file.subarray(at + 4, at + 4 + size)) as Frame;
        message.rectangles.forEach((one) => kinds.add(one.kind));
        expect(decoder.apply(message) !== undefined).toBe(message.last);
        at += 4 + size;
      }
      let hash = 2166136261;
      for (let i = 0; i < decoder.picture.bytes.length; i += 4) {
        const [red, green, blue] = decoder.picture.bytes.subarray(i, i + 3);
        hash = Math.imul(hash ^ ((red! << 16) | (green! << 8) | blue!), 16777619);
      }
      expect(hash >>> 0).toBe(view.getUint32(at, true));
    }
    expect([frames, kinds.size]).toEqual([7, 4]);
  });
});

describe('toShow', () => {
  it('joins near rectangles and leaves far ones apart', () => {
    const near = [{ x: 1, y: 1, width: 5, height: 5 }, { x: 8, y: 2, width: 5, height: 5 }];
    expect(toShow(near)).toEqual([{ x: 1, y: 1, width: 12, height: 6 }]);
    const far = [{ x: 0, y: 0, width: 5, height: 5 }, { x: 900, y: 700, width: 5, height: 5 }];
    expect(toShow(far)).toEqual(far);
    expect(toShow([])).toEqual([]);
  });
});
