// Everything is killed at once, ./run itself too; a second ./run on the same state goes on where the first
// one stopped and leaves nothing when it ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

import { catalogueText, Terminal } from '../terminal.mjs';
import { Installation } from './installation.mjs';

const run = new URL('../../../run', import.meta.url).pathname;
const state = mkdtempSync('/tmp/shoji-twice.');
chmodSync(state, 0o755);
const installation = Object.assign(new Installation(), { state });
let running;
let terminal;

async function freePorts() {
  const servers = [0, 0].map(() => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => String(server.address().port));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

// Starts ./run and gives what it has printed when it waits for Ctrl-C.
async function start([port, demoPort]) {
  const hint = await catalogueText('run.stop_hint');
  running = spawn(run, ['--state', state, '--port', port, '--demo-port', demoPort],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, LC_ALL: 'ja_JP.UTF-8' } });
  const lines = [];
  const reader = createInterface({ input: running.stdout });
  running.printed = lines;
  await new Promise((resolve, reject) => {
    reader.on('line', (line) => {
      lines.push(line);
      if (line === hint) resolve();
    });
    running.once('exit', (code) => reject(new Error(`./run ended with ${code}: ${lines.join('\n')}`)));
  });
  return lines.join('\n');
}

// Gateway, sites, host, journal, collector and sensor, as ./run started them.
function programIds() {
  return readFileSync(`${state}/pids`, 'utf8').trim().split('\n').map((line) => Number(line.split(' ')[1]));
}

async function stop() {
  running.kill('SIGINT');
  if (running.exitCode === null) await once(running, 'close');
}

after(async () => {
  await terminal?.close();
  if (running && running.exitCode === null && running.signalCode === null) await stop();
  rmSync(state, { recursive: true });
});

test('all programs are killed at once, and ./run with them', async () => {
  const ports = await freePorts();
  const printed = await start(ports);
  const [before, between] = (await catalogueText('run.first_sign_in')).replace('{user}', 'staff').split('{password}');
  const password = printed.slice(printed.indexOf(before) + before.length).split(between)[0].split('\n')[0];
  terminal = await Terminal.launch(`https://localhost:${ports[0]}/`);
  await terminal.enrol('staff', password, 'さくらの咲く丘で 2026');
  const screen = await terminal.open('demo');
  await screen.waitForMarker();
  const session = installation.session();

  const programs = programIds();
  assert.equal(programs.length, 6);
  for (const id of [running.pid, ...programs]) process.kill(id, 'SIGKILL');
  await once(running, 'exit');
  await screen.page.getByTestId('cover').getByText(await catalogueText('viewer.reconnecting')).waitFor();

  await start(ports);
  await screen.page.locator('canvas[data-testid=screen][data-state=connected]').waitFor({ timeout: 30000 });
  assert.deepEqual(installation.session(), session);
  await screen.page.locator('[data-action=reload]').click();
  await screen.waitForMarker();
  assert.match(await installation.said('audit', 'verify'), /改ざん・欠落・入れ替えはありません/);

  // A screen that is open does not outlive an orderly end; ./run itself says if anything is left.
  await stop();
  assert.equal(running.exitCode, 0, running.printed.join('\n'));
  assert.equal(running.printed.at(-1), await catalogueText('run.stopped'));
});

test('a session that nobody comes back for is cleared away by the next start', async () => {
  const ports = await freePorts();
  await start(ports);
  await terminal.close();
  terminal = undefined;
  const runner = running.pid;
  const programs = programIds();
  for (const id of [runner, ...programs]) process.kill(id, 'SIGKILL');
  await once(running, 'exit');
  await start(ports);
  await installation.nothingOfSessions();
  await stop();
  assert.equal(running.exitCode, 0, running.printed.join('\n'));
});
