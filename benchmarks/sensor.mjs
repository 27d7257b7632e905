// What a sensor costs: the same loads bare, with shoji-sensor at its default policy, and with auditd, in pairs. Started
// by ./bench sensor as root; prints a table, or JSON. See docs/sensor.md.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';

import { busySeconds, compare, median, rounded } from './sensor_numbers.mjs';
import { hookReport, printHooks, printTable, summary } from './sensor_report.mjs';
import { Auditd, audited, auditIsFree, Hook, leaveAuditOut, run, Sensor, stopAll } from './sensor_setups.mjs';

const { values } = parseArgs({ options: {
  json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '9' }, load: { type: 'string' },
  'without-audit': { type: 'boolean', default: false }, hook: { type: 'boolean', default: false },
} });
const top = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const bin = join(top, 'build/release/bin');
const rounds = Number(values.rounds);
const builds = Math.ceil(rounds / 3);
const calls = ['exec', 'open_read', 'open_write', 'getppid', 'tcp'];
const all = values.hook ? ['getppid', 'open_read'] : [...calls, 'build'];
const loads = values.load ? [values.load] : all;
const secondsOfCalls = 0.7;
const idleWindow = 10;

if (!(rounds >= 1) || loads.some((load) => load !== 'build' && !calls.includes(load))) {
  console.error(`--rounds must be at least 1; loads are ${[...calls, 'build'].join(', ')}`);
  process.exit(2);
}

const began = Date.now();
function progress(text) {
  process.stderr.write(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${text}\n`);
}

// --- the folder of all files ---

const folder = mkdtempSync('/var/tmp/shoji-bench-');
// Analyst and opener are users of their own.
execFileSync('chmod', ['711', folder]);
const deep = join(folder, 'a/folder/of/usual/depth');

function prepareLoads() {
  mkdirSync(deep, { recursive: true });
  cpSync(join(bin, 'bench-sensor-nothing'), join(deep, 'nothing'));
  mkdirSync(join(folder, 'build'));
  const sources = readdirSync(join(top, 'src/watch/event'))
    .filter((name) => name.endsWith('.cpp') && !/_(test|fuzz)\.cpp$/.test(name)).sort().slice(0, 8);
  writeFileSync(join(folder, 'build/build.ninja'), [
    'rule compile', `  command = /usr/bin/g++ -std=c++20 -O1 -I${top}/src -c $in -o $out`,
    ...sources.map((name) => `build ${name}.o: compile ${top}/src/watch/event/${name}`), ''].join('\n'));
}

// Sigma's rules for Linux, where the data folder is.
function linuxRules() {
  const data = join(top, '../shared/data/sigma');
  if (!existsSync(data)) return [];
  return readdirSync(data).filter((name) => name.startsWith('rules'))
    .map((name) => join(data, name, 'linux')).filter((one) => existsSync(one));
}

// --- one load, once ---

// Sensors that are not of this measurement.
function strangers(own) {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      if (readFileSync(`/proc/${name}/comm`, 'utf8') !== 'shoji-sensor\n') return false;
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return Number(name) !== own && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== own;
    } catch {
      return false;
    }
  });
}

async function awaitQuiet(own) {
  for (let i = 0; strangers(own).length > 0; ++i) {
    if (i === 0) progress('waiting: another shoji-sensor runs');
    if (i > 3000) throw new Error('another shoji-sensor runs; a bare machine cannot be measured');
    await pause(200);
  }
}

async function measure(load, setUp) {
  const own = setUp?.child.pid;
  for (let attempt = 0; ; ++attempt) {
    await awaitQuiet(own);
    const where = load === 'build' ? join(folder, 'build') : deep;
    const limits = load === 'build' ? [] : ['--seconds', String(secondsOfCalls)];
    if (load === 'build') {
      for (const name of readdirSync(where)) if (name !== 'build.ninja') rmSync(join(where, name));
    }
    const before = busySeconds(readFileSync('/proc/stat', 'utf8'));
    const result = JSON.parse(await run(join(bin, 'bench-sensor-load'), [load, where, ...limits]));
    result.machine = busySeconds(readFileSync('/proc/stat', 'utf8')) - before;
    await setUp?.settle();
    if (strangers(own).length === 0 || attempt === 20) return result;
  }
}

async function measureAll(which, setUp) {
  const results = {};
  for (const load of which) results[load] = await measure(load, setUp);
  return results;
}

// --- set-ups beside bare ---

// One round: bare and watched, or watched and bare, so that what drifts counts for both.
async function pairOnce(setUp, which, round, pairs, onEnd) {
  const watch = async () => {
    await setUp.start();
    const results = await measureAll(which, setUp);
    await onEnd();
    await setUp.stop();
    return results;
  };
  let bare, watched;
  if (round % 2 === 0) {
    bare = await measureAll(which);
    watched = await watch();
  } else {
    watched = await watch();
    bare = await measureAll(which);
  }
  for (const load of which) (pairs[load] ??= []).push({ bare: bare[load], watched: watched[load] });
}

function loadsOf(round) {
  return loads.filter((load) => load !== 'build' || round < builds);
}

async function compareWith(name, setUp, found, most = rounds) {
  const pairs = {};
  const ends = [];
  for (let round = 0; round < most; ++round) {
    const which = loadsOf(round);
    if (which.length === 0) break;
    progress(`${name}: round ${round + 1} of ${most}`);
    await pairOnce(setUp, which, round, pairs, async () => {
      ends.push({ ...setUp.counts(), ...(setUp.memory ? setUp.memory() : {}) });
    });
  }
  const sum = (key) => ends.reduce((all, end) => all + (end[key] ?? 0), 0);
  found[name] = { loads: Object.fromEntries(Object.entries(pairs).map(([load, list]) => [load, compare(list)])),
    lost: sum('lost'), held: sum('held'), resident: Math.max(0, ...ends.map((end) => end.resident ?? 0)),
    analyst: Math.max(0, ...ends.map((end) => end.analyst ?? 0)) };
}

async function storm(sensor, load, each) {
  const before = sensor.counts();
  const result = JSON.parse(await run(join(bin, 'bench-sensor-load'),
    [load, deep, '--count', String(each), '--workers', '2']));
  await pause(1000);
  const after = sensor.counts();
  return { load: load === 'exec' ? 'exec' : 'open_write', every_event: sensor.everyEvent, operations: result.operations,
    seconds: rounded(result.wall, 2), lost: after.lost - before.lost, held_back: after.held - before.held };
}

async function storms(sensor) {
  progress(`storms, ${sensor.everyEvent ? 'every event told' : 'default policy'}`);
  await awaitQuiet();
  await sensor.start();
  const all = [await storm(sensor, 'exec', 100_000), await storm(sensor, 'open_only', 1_000_000)];
  await sensor.stop();
  return all;
}

// Percent of one processor that the sensor's processes take while this one sleeps.
async function idle(sensor) {
  await awaitQuiet();
  await sensor.start();
  await pause(3000);
  const shares = [];
  for (let i = 0; i < 3; ++i) {
    progress(`idle: ${(i + 1) * idleWindow} of ${3 * idleWindow} s`);
    const before = sensor.used();
    await pause(idleWindow * 1000);
    shares.push((sensor.used() - before) / idleWindow * 100);
  }
  await sensor.stop();
  return median(shares);
}

// Whatever a sensor did there, attaching to system calls costs so much.
async function measureHooks() {
  const found = {};
  for (const place of ['ends', 'begins', 'calls']) await compareWith(place, new Hook({ bin, place }), found);
  if (values.json) console.log(JSON.stringify(hookReport(found)));
  else printHooks(hookReport(found));
}

// Where audit was on since the boot it is kept out of new processes, so that bare is bare.
function keepAuditOut() {
  if (!audited(bin)) return false;
  progress('audit was on since the boot: it is kept out of new processes');
  const busy = auditIsFree();
  if (busy) throw new Error(`bare cannot be measured: ${busy}`);
  leaveAuditOut(bin);
  return true;
}

async function main() {
  prepareLoads();
  const auditIsTaken = values['without-audit'] ? 'not asked for' : auditIsFree();
  const auditWasOn = keepAuditOut();
  if (values.hook) return measureHooks();
  const rules = linuxRules();
  if (rules.length === 0) progress('no Sigma rules in ../shared/data/sigma: the sensor runs without any');
  const common = { bin, rules, destinations: join(top, 'src/watch/detect/exfiltration/data/destinations-2026-11.txt') };
  const sensor = new Sensor({ ...common, folder: join(folder, 'sensor') });
  const telling = new Sensor({ ...common, folder: join(folder, 'telling'), everyEvent: true });
  const found = { rules: rules.length > 0, auditWasOn };
  await compareWith('sensor', sensor, found);
  await compareWith('every_event', telling, found, Math.ceil(rounds / 3));
  if (!values.load) {
    found.storms = [...await storms(sensor), ...await storms(telling)];
    found.idle = await idle(sensor);
  }
  // Last: what audit leaves behind in the kernel stays until the next boot.
  if (auditIsTaken) found.auditSkipped = auditIsTaken;
  else await compareWithAudit(found);
  const report = summary(found, [...loads], rounds);
  if (values.json) console.log(JSON.stringify(report));
  else printTable(report);
}

async function compareWithAudit(found) {
  leaveAuditOut(bin);
  const rules = join(top, 'benchmarks/sensor_audit.rules');
  const laurel = existsSync('/usr/sbin/laurel') ? '/usr/sbin/laurel' : '/usr/bin/laurel';
  const set = [['auditd_raw', 'RAW'], ['auditd_enriched', 'ENRICHED'], ['auditd_laurel', 'RAW', laurel]];
  for (const [name, format, plugin] of set) {
    await compareWith(name, new Auditd({ bin, folder: join(folder, name), format, laurel: plugin, rules }), found,
      name === 'auditd_raw' ? rounds : builds);
  }
}

async function clean() {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => { clean().finally(() => process.exit(130)); });
}
try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await clean();
}
