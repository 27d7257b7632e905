// The set-ups that ./bench sensor compares: each is started, and stopped by process id, with its files in a folder of
// its own. Sensors run as their policy is by default; auditd as Debian has it, but for the log's format and place.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { auditNumber, kilobytes, processSeconds } from './sensor_numbers.mjs';

const running = new Set();

function start(program, words, log) {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => { said = (said + bytes).slice(-4000); });
  }
  running.add(child);
  child.on('exit', () => running.delete(child));
  child.said = () => `${log}: ${said.trim()}`;
  return child;
}

async function stop(child, seconds = 60) {
  if (!running.has(child)) return;
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  await ended;
  clearTimeout(killer);
}

// Runs to its end; what it wrote.
export function run(program, words) {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  let text = '';
  child.stdout.on('data', (bytes) => { text += bytes; });
  return new Promise((done, refuse) => {
    child.on('error', refuse);
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) done(text);
      else refuse(new Error(`${program} ${words.join(' ')} ended with ${code ?? signal}`));
    });
  });
}

export async function stopAll() {
  for (const child of [...running]) await stop(child);
  if (auditRules) clearAudit();
}

async function until(holds, child, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (!holds()) {
    if (!running.has(child)) throw new Error(`it ended at once: ${child.said()}`);
    if (Date.now() > end) throw new Error(`not ready after ${seconds} s: ${child.said()}`);
    await pause(50);
  }
}

const json = (program, words) => JSON.parse(execFileSync(program, words, { maxBuffer: 1 << 26 }));

// The numbers that the sensor's maps in the kernel hold, of the process that has them.
function readMap(process, name) {
  const ids = new Set();
  for (const file of readdirSync(`/proc/${process}/fdinfo`)) {
    let text = '';
    try { text = readFileSync(`/proc/${process}/fdinfo/${file}`, 'utf8'); } catch { continue; }
    const found = /^map_id:\s+(\d+)/m.exec(text);
    if (found) ids.add(Number(found[1]));
  }
  const map = json('bpftool', ['-j', 'map', 'show']).find((one) => ids.has(one.id) && one.name === name);
  if (!map) throw new Error(`the sensor has no map ${name}`);
  return json('bpftool', ['-j', 'map', 'dump', 'id', String(map.id)]).map(({ formatted }) => formatted.value);
}

// Programs in the kernel that do nothing (sensor_hooks.cpp).
export class Hook {
  constructor({ bin, place }) { Object.assign(this, { bin, place }); }

  async start() {
    this.child = start(join(this.bin, 'bench-sensor-hooks'), [this.place], 'bench-sensor-hooks');
    await until(() => this.child.said().endsWith('ready'), this.child);
  }

  async stop() {
    const ended = new Promise((resolve) => { this.child.once('exit', resolve); });
    this.child.stdin.end();
    await ended;
  }

  counts() { return {}; }
  async settle() {}
}

export class Sensor {
  // everyEvent: no flood is held back.
  constructor({ bin, folder, rules, destinations, everyEvent = false }) {
    Object.assign(this, { bin, folder, everyEvent });
    const lines = [`state = "${folder}/state"`, `runtime = "${folder}/run"`];
    if (everyEvent) lines.push('[files]', 'rate = 0', '[network]', 'rate = 0', '[acts]', 'rate = 0');
    lines.push('[detection]', `rules = ${JSON.stringify(rules)}`, `destinations = "${destinations}"`);
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    writeFileSync(join(folder, 'sensor.toml'), `${lines.join('\n')}\n`);
  }

  async start() {
    this.child = start(join(this.bin, 'shoji-sensor'), ['--policy', join(this.folder, 'sensor.toml')], 'shoji-sensor');
    await until(() => existsSync(join(this.folder, 'run/sensor.json')), this.child);
    await until(() => this.status() !== null, this.child);
    // It reads what runs already, and rules.
    await pause(300);
  }

  stop() { return stop(this.child); }
  async settle() { await pause(200); }

  status() {
    try {
      return JSON.parse(execFileSync(join(this.bin, 'shoji'),
        ['--json', 'sensor', 'status', '--runtime', join(this.folder, 'run')], { stdio: ['ignore', 'pipe', 'ignore'] }));
    } catch (error) {
      try { return JSON.parse(error.stdout); } catch { return null; }
    }
  }

  processes() {
    const parts = JSON.parse(readFileSync(join(this.folder, 'run/sensor.json'), 'utf8')).parts;
    return parts.map(({ part, process }) => ({ part, process }));
  }

  counts() {
    const lost = readMap(this.child.pid, 'shared_losses').reduce((sum, count) => sum + count, 0);
    const held = readMap(this.child.pid, 'shared_throttle').reduce((sum, { held: one }) => sum + one, 0);
    return { lost, held };
  }

  // MB of all processes, what is shared counted once; and of the analyst alone.
  memory() {
    let all = 0;
    let analyst = 0;
    for (const { part, process } of this.processes()) {
      all += kilobytes(readFileSync(`/proc/${process}/smaps_rollup`, 'utf8'), 'Pss');
      if (part === 'analyst') analyst = kilobytes(readFileSync(`/proc/${process}/status`, 'utf8'), 'VmRSS');
    }
    return { resident: all / 1024, analyst: analyst / 1024 };
  }

  // Seconds of processor that its processes have used.
  used() {
    return this.processes().reduce((sum, { process }) => sum + processSeconds(readFileSync(`/proc/${process}/stat`, 'utf8')), 0);
  }
}

// --- audit ---

let auditRules = false;
const auditctl = (...words) => execFileSync('auditctl', words, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

function clearAudit() {
  auditctl('-D');
  auditctl('-e', '0');
  auditRules = false;
}

// Why it may not be used; null when nobody else does.
export function auditIsFree() {
  const pid = auditNumber(auditctl('-s'), 'pid');
  if (pid !== 0) return `process ${pid} listens to audit already`;
  return auditctl('-l').trim() === 'No rules' ? null : 'audit has rules already';
}

// Whether the kernel gives new processes an audit context.
export function audited(bin) {
  return execFileSync(join(bin, 'bench-sensor-hooks'), ['audited'], { encoding: 'utf8' }).trim() === 'true';
}

// New processes get no part of audit, as on a machine where it never was on. A kernel that had it on once gives each
// new process an audit context until the next boot, which costs each of its calls.
export function leaveAuditOut(bin) {
  clearAudit();
  auditctl('-a', 'never,task');
  auditRules = true;
  if (audited(bin)) throw new Error('audit cannot be kept out of new processes');
}

export class Auditd {
  constructor({ bin, folder, format, laurel, rules }) {
    Object.assign(this, { bin, folder, laurel, rules });
    // laurel is a user of its own.
    mkdirSync(folder, { mode: 0o711 });
    mkdirSync(join(folder, 'plugins.d'), { mode: 0o700 });
    const settings = { log_file: join(folder, 'audit.log'), log_format: format, plugin_dir: join(folder, 'plugins.d') };
    const lines = readFileSync('/etc/audit/auditd.conf', 'utf8').split('\n')
      .filter((line) => !Object.keys(settings).some((key) => line.trim().startsWith(`${key} `)));
    writeFileSync(join(folder, 'auditd.conf'),
      `${[...lines, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`)].join('\n')}\n`, { mode: 0o640 });
    if (laurel) this.addLaurel();
  }

  addLaurel() {
    const { folder } = this;
    const settings = readFileSync('/etc/laurel/config.toml', 'utf8')
      .replace(/^directory = .*$/m, `directory = "${folder}/laurel"`);
    execFileSync('install', ['-d', '-o', '_laurel', '-m', '750', join(folder, 'laurel')]);
    writeFileSync(join(folder, 'laurel.toml'), settings);
    writeFileSync(join(folder, 'plugins.d/laurel.conf'), ['active = yes', 'direction = out', 'type = always',
      'format = string', `path = ${this.laurel}`, `args = --config ${folder}/laurel.toml`].join('\n') + '\n', { mode: 0o640 });
  }

  async start() {
    clearAudit();
    auditRules = true;
    this.child = start('auditd', ['-n', '-c', this.folder], 'auditd');
    await until(() => auditNumber(auditctl('-s'), 'pid') === this.child.pid, this.child);
    auditctl('--reset-lost');
    auditctl('-R', this.rules);
    auditctl('-e', '1');
    if (!audited(this.bin)) throw new Error('audit is on, but has nothing to do with new processes');
    await pause(300);
  }

  counts() { return { lost: auditNumber(auditctl('-s'), 'lost') }; }

  // What waits of one load is no burden of the next.
  async settle() {
    await until(() => auditNumber(auditctl('-s'), 'backlog') === 0, this.child, 120);
    await pause(200);
  }

  async stop() {
    for (const log of ['audit.log', ...(this.laurel ? ['laurel/audit.log'] : [])]) {
      if (statSync(join(this.folder, log)).size === 0) throw new Error(`${log} stayed empty`);
    }
    // What still waits would hold up whoever comes next.
    clearAudit();
    await stop(this.child);
    leaveAuditOut(this.bin);
  }
}
