// A gateway and a session that are not there: serves the built viewer as the gateway does (TLS, the
// same headers), speaks docs/wire.md to it, shows a picture, and notes what the viewer sends. For the
// page's own tests and for looking at it; `node fake_session.mjs [PORT]` serves until it is stopped.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };

let kept;
function certificate() {
  kept ??= makeCertificate();
  return kept;
}

function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'shoji-fake-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function headers(page, authority) {
  const origin = `https://${authority}`;
  const policy = page === 'screen'
    ? `sandbox allow-scripts; default-src 'none'; script-src ${origin}; style-src ${origin}; img-src ${origin}; connect-src 'self' wss://${authority}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`
    : "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  return { 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store',
    'Cross-Origin-Resource-Policy': page === 'screen' ? 'cross-origin' : 'same-origin' };
}

class Writer {
  constructor() { this.parts = []; }
  number(value, bytes) {
    const part = Buffer.alloc(bytes);
    part.writeUIntLE(value, 0, bytes);
    this.parts.push(part);
    return this;
  }
  u8(...values) { values.forEach((value) => this.number(value, 1)); return this; }
  u16(...values) { values.forEach((value) => this.number(value, 2)); return this; }
  u32(...values) { values.forEach((value) => this.number(value, 4)); return this; }
  bytes(buffer) { this.parts.push(buffer); return this; }
  text(text) { return this.u16(Buffer.byteLength(text)).bytes(Buffer.from(text)); }
  done() { return Buffer.concat(this.parts); }
}

const blockSize = 1 << 17;

// One connection. `picture` is {width, height, rgb: Buffer}; another size than the viewer's is cut or
// filled with grey.
class Connection {
  constructor(socket, server) {
    this.socket = socket;
    this.server = server;
    this.serial = 0;
    this.begun = false;
    socket.on('message', (data) => this.message(data));
  }

  send(bytes) { this.socket.send(bytes); }

  message(data) {
    const type = data[0];
    this.server.received.push({ type, bytes: [...data.subarray(1)] });
    if (type === 0x80) {
      this.size = [data.readUInt16LE(3), data.readUInt16LE(5)];
      this.send(new Writer().u8(0x01).u16(1).done());
      this.send(new Writer().u8(0x06, 1, 0).done());
      this.whole();
    }
    if (type === 0x81) {
      this.size = [data.readUInt16LE(1), data.readUInt16LE(3)];
      this.whole();
    }
    if (type === 0x86 && data[3] === 1) this.key();
    if (type === 0x8b) this.send(Buffer.concat([Buffer.of(0x07), data.subarray(1)]));
    if (type === 0xc0) this.send(Buffer.of(0x42, 0));
  }

  // A frame of parts, each at most 4 MiB.
  frame(fresh, rectangles) {
    this.serial += 1;
    rectangles.forEach((rectangle, i) => {
      const flags = (i === 0 ? 1 : 0) | (i === rectangles.length - 1 ? 2 : 0) | (fresh && i === 0 ? 4 : 0);
      const [kind, x, y, width, height, raw] = rectangle;
      this.send(new Writer().u8(0x02).u32(this.serial).u16(...this.size).u8(flags).u16(1)
        .u8(kind).u16(x, y, width, height).u32(raw.length).bytes(this.stored(raw)).done());
    });
  }

  stored(raw) {
    const out = new Writer();
    if (!this.begun) out.bytes(Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x60));
    this.begun = true;
    for (let at = 0; at < raw.length; at += blockSize) {
      const block = raw.subarray(at, at + blockSize);
      out.number(block.length << 3, 3).bytes(block);
    }
    return out.done();
  }

  whole() {
    const [width, height] = this.size;
    const { picture } = this.server;
    const parts = [];
    for (let y = 0; y < height; y += 128) {
      const rows = Math.min(128, height - y);
      const raw = Buffer.alloc(width * rows * 3, 0xee);
      for (let row = 0; row < rows && y + row < picture.height; row++) {
        const from = (y + row) * picture.width * 3;
        picture.rgb.copy(raw, row * width * 3, from, from + Math.min(width, picture.width) * 3);
      }
      parts.push([1, 0, y, width, rows, raw]);
    }
    this.frame(true, parts);
  }

  // A key changes a block's colour, for measuring.
  key() {
    this.lit = !this.lit;
    this.frame(false, [[3, 40, 40, 64, 64, this.lit ? Buffer.of(0, 160, 0) : Buffer.of(160, 0, 0)]]);
  }
}

export async function startFakeSession({ port = 0, picture = gradient(1280, 756), openerPolicy = false } = {}) {
  const server = { received: [], picture, connections: [], refuse: false, tickets: 0 };
  const https = createServer(certificate(), (request, response) => {
    const path = new URL(request.url, 'https://x').pathname;
    const page = path.startsWith('/screen/') ? 'screen' : 'console';
    const name = path === '/' ? 'index.html' : path.replace(/^\/(screen|console)\//, '') || 'index.html';
    const extra = openerPolicy ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {};
    if (server.api?.(path, request, response)) return;
    try {
      const bytes = readFileSync(join(dist, page, name));
      response.writeHead(200, { 'Content-Type': types[extname(name)], ...headers(page, request.headers.host), ...extra }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => offered.has('shoji.v1') && 'shoji.v1' });
  https.on('upgrade', (request, socket, head) => {
    if (server.refuse) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    server.origin = request.headers.origin;
    server.ticket = new URL(request.url, 'https://x').searchParams.get('ticket');
    sockets.handleUpgrade(request, socket, head, (web) => {
      server.tickets += 1;
      web.send(Buffer.concat([Buffer.of(0x41), Buffer.alloc(32, server.tickets)]));
      server.connections.push(new Connection(web, server));
    });
  });
  await new Promise((resolve) => { https.listen(port, '127.0.0.1', resolve); });
  server.address = `https://localhost:${https.address().port}`;
  server.current = () => server.connections.at(-1);
  server.write = (fill) => server.current().send(fill(new Writer()).done());
  server.cut = () => server.connections.forEach((one) => one.socket.terminate());
  server.stop = () => {
    server.cut();
    https.closeAllConnections();
    return new Promise((resolve) => { https.close(resolve); });
  };
  return server;
}

// Something to look at when nothing else is at hand.
export function gradient(width, height) {
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) rgb.set([x & 255, y & 255, (x ^ y) & 255], at);
  }
  return { width, height, rgb };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await startFakeSession({ port: Number(process.argv[2] ?? 0) });
  console.log(`${server.address}/screen/#ticket=${'0'.repeat(64)}&locale=ja&name=${encodeURIComponent('さくら市')}`);
  process.once('SIGINT', () => server.stop());
}
