// Photographs without photographers: hills under a sky with the grain that makes a picture a photo to an
// encoder. The same number gives the same picture.
import * as zlib from 'node:zlib';

const width = 640;
const height = 400;

function random(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
}

function ridge(next, base, roughness) {
  const phases = Array.from({ length: 5 }, (_, octave) => ({
    shift: next() * 6.28, length: 180 / 1.9 ** octave, height: (roughness / 1.8 ** octave) * (0.6 + next()) }));
  return (x) => base + phases.reduce((sum, phase) => sum + phase.height * Math.sin(x / phase.length + phase.shift), 0);
}

const table = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

// Node.js has crc32 since 20.15; PNG needs it (its specification, annex D).
function crc32(bytes) {
  if (zlib.crc32) return zlib.crc32(bytes);
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

export function landscape(number) {
  const next = random(number + 11);
  const hue = [[120, 170, 220], [235, 170, 120], [150, 190, 200], [190, 160, 200]][number % 4];
  const ridges = [ridge(next, 210, 34), ridge(next, 270, 26), ridge(next, 330, 18)];
  const colours = [[92, 120, 130], [70, 110, 84], [44, 82, 52]];
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const layer = ridges.findLastIndex((line) => y > line(x));
      const base = layer < 0 ? hue.map((part) => part + (255 - part) * (y / height) * 0.9) : colours[layer];
      const light = (next() - 0.5) * (layer < 0 ? 8 : 26);
      const at = y * (width * 3 + 1) + 1 + x * 3;
      for (let part = 0; part < 3; part += 1) rows[at + part] = Math.max(0, Math.min(255, base[part] + light));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header),
    chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
