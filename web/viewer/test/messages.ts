// What a session and a gateway send, for tests: messages written field by field, and bodies as zstd
// streams of blocks that are stored as they are.

export class Bytes {
  private readonly bytes: number[] = [];
  u8(...values: number[]): this { this.bytes.push(...values.map((value) => value & 255)); return this; }
  u16(...values: number[]): this {
    for (const value of values) this.u8(value, value >> 8);
    return this;
  }
  u32(...values: number[]): this {
    for (const value of values) this.u8(value, value >> 8, value >> 16, value >> 24);
    return this;
  }
  text(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u16(bytes.length).u8(...bytes);
  }
  done(): Uint8Array<ArrayBuffer> { return Uint8Array.from(this.bytes); }
}

const zstdHeader = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x60]; // window of 4 MiB

// The pieces of one stream.
export class StoredStream {
  private begun = false;

  piece(raw: ArrayLike<number>): Uint8Array {
    if (raw.length === 0) return new Uint8Array();
    const out: number[] = this.begun ? [] : [...zstdHeader];
    this.begun = true;
    const bytes = Array.from(raw);
    for (let at = 0; at < bytes.length; at += 1 << 17) {
      const block = bytes.slice(at, at + (1 << 17));
      const head = block.length << 3;
      out.push(head & 255, (head >> 8) & 255, head >> 16);
      for (const byte of block) out.push(byte);
    }
    return Uint8Array.from(out);
  }
}

export interface Part {
  serial?: number;
  size?: [number, number];
  flags?: number; // 1 first, 2 last, 4 fresh
  rectangles?: number[][]; // kind, x, y, width, height, then fromX, fromY or colours less one
  raw?: number[];
  rawLength?: number;
  stream?: StoredStream;
}

export function frame(part: Part): Uint8Array<ArrayBuffer> {
  const [width, height] = part.size ?? [64, 64];
  const rectangles = part.rectangles ?? [];
  const raw = part.raw ?? [];
  const out = new Bytes().u8(0x02).u32(part.serial ?? 1).u16(width, height).u8(part.flags ?? 7)
    .u16(rectangles.length);
  for (const [kind, x, y, w, h, ...more] of rectangles) {
    out.u8(kind!).u16(x!, y!, w!, h!);
    if (kind === 0) out.u16(...more);
    if (kind === 2) out.u8(...more);
  }
  out.u32(part.rawLength ?? raw.length);
  const head = out.done();
  const body = (part.stream ?? new StoredStream()).piece(raw);
  const message = new Uint8Array(head.length + body.length);
  message.set(head);
  message.set(body, head.length);
  return message;
}
