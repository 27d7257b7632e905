// A terminal without a picture: it takes frames, acknowledges them, and scrolls, so that the load of many
// sessions is the sessions' own and not that of browsers showing them. docs/wire.md is what it speaks.
import WebSocket from 'ws';

const frameType = 0x02;
const windowsType = 0x06;
const pongType = 0x07;
const ticketType = 0x41;
const lastPart = 0x02;

function message(type, ...fields) {
  const bytes = Buffer.alloc(1 + fields.reduce((sum, [size]) => sum + size, 0));
  bytes[0] = type;
  let at = 1;
  for (const [size, value] of fields) {
    if (value < 0) bytes.writeIntLE(value, at, size);
    else bytes.writeUIntLE(value, at, size);
    at += size;
  }
  return bytes;
}

export class LightTerminal {
  constructor(address, ticket, { width, height }) {
    this.frames = 0;
    this.bytes = 0;
    this.windows = 0;   // open in the session
    this.ticket = '';   // for the next connection
    const url = new URL(`/api/screen/socket?ticket=${ticket}`, address.replace(/^http/, 'ws'));
    this.socket = new WebSocket(url, 'shoji.v1', { rejectUnauthorized: false, perMessageDeflate: false, origin: 'null' });
    this.ready = new Promise((resolve, reject) => {
      this.socket.once('error', reject);
      this.socket.once('close', () => reject(new Error('the gateway closed the connection')));
      this.firstFrame = resolve;
    });
    this.socket.once('close', () => this.answer?.reject(new Error('the session has ended')));
    this.socket.on('open', () => this.socket.send(message(0x80, [2, 1], [2, width], [2, height], [2, 120], [1, 0])));
    this.socket.on('message', (data) => this.take(data));
  }

  take(data) {
    this.bytes += data.length;
    if (data[0] === windowsType) this.windows = data[1];
    if (data[0] === pongType) this.answer?.resolve();
    if (data[0] === ticketType) this.ticket = data.subarray(1).toString('hex');
    if (data[0] !== frameType || !(data[9] & lastPart)) return;
    this.frames += 1;
    this.socket.send(message(0x82, [4, data.readUInt32LE(1)]));
    this.firstFrame();
  }

  click(x, y) {
    this.socket.send(message(0x83, [2, x], [2, y]));
    this.socket.send(message(0x84, [1, 0], [1, 1]));
    this.socket.send(message(0x84, [1, 0], [1, 0]));
  }

  focus() {
    this.socket.send(message(0x89, [1, 1]));
  }

  // `code` is evdev's.
  key(code, pressed) {
    this.socket.send(message(0x86, [2, code], [1, Number(pressed)]));
  }

  // Resolves once the session has read everything that was sent before.
  async answered() {
    const pong = new Promise((resolve, reject) => {
      this.answer = { resolve, reject };
    });
    this.socket.send(message(0x8b, [4, 1]));
    return pong;
  }

  // Ten notches a second, down and up again, until close().
  scroll() {
    let ticks = 0;
    this.timer = setInterval(() => {
      ticks += 1;
      this.socket.send(message(0x85, [2, 0], [2, ticks % 60 < 30 ? 120 : -120]));
    }, 100);
  }

  close() {
    clearInterval(this.timer);
    this.ready.catch(() => {});
    this.socket.close();
  }
}
