// What can be seen of a session from outside: what arrived at servers that it must not reach, what its
// network namespace sent, what its file systems hold.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

// Counts packets at a UDP port of the loopback.
export async function listenForPackets(port) {
  const socket = createSocket('udp4');
  const listener = { packets: 0, close: () => socket.close() };
  socket.on('message', () => { listener.packets += 1; });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return listener;
}

// A web server at `address` that counts who came.
export async function countVisitors(address) {
  const listener = { visitors: 0 };
  const server = createServer((request, response) => {
    listener.visitors += 1;
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' });
    response.end('reached');
  });
  server.on('upgrade', () => { listener.visitors += 1; });
  server.listen(0, address);
  await once(server, 'listening');
  return Object.assign(listener, { port: server.address().port, close: () => server.close() });
}

// The process id of the browser of the one session whose destination begins at `url`.
export function browserOf(url) {
  const found = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).filter((id) => {
    try {
      const words = readFileSync(`/proc/${id}/cmdline`, 'utf8').split(/[\0 ]/);  // it joins them when it runs
      return words.includes(`--app=${url}`) && !words.some((word) => word.startsWith('--type='));
    } catch (error) {
      if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;  // it has ended meanwhile
      throw error;
    }
  });
  assert.equal(found.length, 1, `${found.length} browsers show ${url}`);
  return Number(found[0]);
}

// A counter of the process's network namespace, as in /proc/net/snmp.
export function networkCounter(process, protocol, name) {
  const [names, numbers] = readFileSync(`/proc/${process}/net/snmp`, 'utf8').split('\n')
    .filter((line) => line.startsWith(`${protocol}: `)).map((line) => line.split(' '));
  assert.ok(names.includes(name), `no counter ${protocol} ${name}`);
  return Number(numbers[names.indexOf(name)]);
}

export function networkInterfaces(process) {
  return readFileSync(`/proc/${process}/net/dev`, 'utf8').split('\n').slice(2).filter(Boolean)
    .map((line) => line.split(':')[0].trim());
}

// All names of files in what the process can write: its temporary file systems.
export function writtenFiles(process) {
  const root = `/proc/${process}/root`;
  return readFileSync(`/proc/${process}/mounts`, 'utf8').split('\n').map((line) => line.split(' '))
    .filter(([, , type, flags]) => type === 'tmpfs' && flags.split(',').includes('rw'))
    .flatMap(([, place]) => filesUnder(`${root}${place}`));
}

export function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (
    entry.isDirectory() ? filesUnder(`${folder}/${entry.name}`) : [entry.name]));
}
