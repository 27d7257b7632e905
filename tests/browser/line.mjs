// The line between a terminal and the gateway, which can be cut: a web proxy that the terminal's browser uses.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

export class Line {
  static async open() {
    const line = new Line();
    line.server = createServer();
    line.sockets = new Set();
    line.whole = true;
    line.server.on('connect', (request, terminal) => line.join(request, terminal));
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  // What Playwright wants to know of a proxy. Without the bypass browsers reach this machine directly.
  get proxy() {
    return { server: `http://127.0.0.1:${this.server.address().port}`, bypass: '<-loopback>' };
  }

  join(request, terminal) {
    if (!this.whole) {
      terminal.destroy();
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const gateway = connect(Number(port), hostname);
    for (const [one, other] of [[terminal, gateway], [gateway, terminal]]) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    gateway.once('connect', () => {
      terminal.write('HTTP/1.1 200 Connection established\r\n\r\n');
      terminal.pipe(gateway).pipe(terminal);
    });
  }

  cut() {
    this.whole = false;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.whole = true;
  }

  close() {
    this.cut();
    this.server.close();
  }
}
