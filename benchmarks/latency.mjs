// What a person at a terminal waits for, through a real browser, gateway, session and site on loopback; and
// what a session costs while nothing happens. Started by ./bench latency; prints a table, or JSON.
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { readPassword, Terminal } from '../tests/browser/terminal.mjs';
import { LightTerminal } from '../tests/browser/light_terminal.mjs';

const { values } = parseArgs({ options: {
  address: { type: 'string' }, 'demo-port': { type: 'string' }, state: { type: 'string' },
  json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '100' },
  sessions: { type: 'string', default: '10' },
} });
const rounds = Number(values.rounds);
const sessions = Number(values.sessions);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function summary(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1));
  return { p50: at(0.5), p95: at(0.95), maximum: at(1), count: sorted.length };
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K… ${text}`);
}

// In every page: notes when the canvas first shows the marker's colour, by the machine's own clock. It looks
// once a frame: a page that asks all the time takes the processor from what it measures.
function watchForMarker() {
  const now = () => performance.timeOrigin + performance.now();
  addEventListener('click', () => { globalThis.clicked = now(); }, true);
  const look = (canvas) => {
    if (globalThis.markerSeen) return;
    const { data } = canvas.getContext('2d').getImageData(0, 0, 200, Math.min(canvas.height, 200));
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === 0x1e && data[at + 1] === 0x6f && data[at + 2] === 0x5c) globalThis.markerSeen = now();
    }
  };
  new MutationObserver((changes) => {
    for (const { target } of changes) if (target.tagName === 'CANVAS' && target.width > 0) look(target);
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-frames'] });
}

async function clickToPixel(terminal) {
  const screen = await terminal.open('demo');
  await screen.page.waitForFunction(() => globalThis.markerSeen, null, { polling: 100, timeout: 15000 });
  await screen.waitForMarker();
  const clicked = await terminal.page.evaluate(() => globalThis.clicked);
  const seen = await screen.page.evaluate(() => globalThis.markerSeen);
  return { screen, milliseconds: seen - clicked };
}

// In the page: the time from each key event's own time stamp to the end of the drawing that changes the block.
function watchKeys({ x, y }) {
  const canvas = document.querySelector('canvas[data-testid=screen]');
  const context = canvas.getContext('2d');
  const pixel = () => context.getImageData(x + 20, y + 20, 1, 1).data.join();
  const times = [];
  let pressed = 0;
  let seen = () => {};
  let before = '';
  const press = (event) => {
    pressed = event.timeStamp;
    before = pixel();
  };
  const drawn = new MutationObserver(() => {
    if (pressed === 0 || pixel() === before) return;
    times.push(performance.now() - pressed);
    pressed = 0;
    seen();
  });
  addEventListener('keydown', press, true);
  drawn.observe(canvas, { attributes: true, attributeFilter: ['data-frames'] });
  globalThis.keysSeen = (count) => new Promise((resolve, reject) => {
    seen = () => { if (times.length === count) resolve(); };
    seen();
    setTimeout(() => reject(new Error('a key did not change the picture in 10 s')), 10000);
  });
  globalThis.stopWatchingKeys = () => {
    removeEventListener('keydown', press, true);
    drawn.disconnect();
    return times;
  };
}

// The block of the page /latency changes its colour with each key.
async function keyToPixel(screen, block, count, label) {
  await screen.page.evaluate(watchKeys, block);
  for (let round = 0; round < count; round += 1) {
    progress(`${label} ${round + 1}/${count}`);
    await screen.page.keyboard.press('a');
    await screen.page.evaluate((seen) => globalThis.keysSeen(seen), round + 1);
    await pause(60 + Math.random() * 60);
  }
  const times = await screen.page.evaluate(() => globalThis.stopWatchingKeys());
  if (times.length !== count) throw new Error(`${times.length} changes of the picture for ${count} keys`);
  return times;
}

// What the other terminals do, in the measured one: ten notches a second, down and up, until stopped.
function keepScrolling(screen) {
  let stopped = false;
  const loop = (async () => {
    for (let ticks = 1; !stopped; ticks += 1) {
      await screen.page.mouse.wheel(0, ticks % 60 < 30 ? 120 : -120);
      await pause(100);
    }
  })();
  return () => {
    stopped = true;
    return loop;
  };
}

const memoryAvailable = () => Number(/MemAvailable: +([0-9]+)/.exec(readFileSync('/proc/meminfo', 'utf8'))[1]) / 1024;

// Clock ticks that the sessions' processes have used; they run under users of their own.
function sessionTicks() {
  const first = Number(/^user_base = ([0-9]+)$/m.exec(readFileSync(`${values.state}/shoji.toml`, 'utf8'))[1]) + 100;
  let ticks = 0;
  for (const id of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      const user = Number(/^Uid:\t([0-9]+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))[1]);
      if (user < first || user >= first + 3900) continue;
      const fields = readFileSync(`/proc/${id}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    }
  }
  return ticks;
}

async function ticketFor(terminal, { width, height }) {
  return terminal.page.evaluate(async ({ width, height }) => {
    const { csrf } = await (await fetch('/api/state')).json();
    const answer = await fetch('/api/screens', { method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Shoji-CSRF': csrf },
      body: JSON.stringify({ destination: 'demo', width, height, scale: 120, locale: 'ja', layout: 'jp' }) });
    const body = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(body));
    return body.ticket;
  }, { width, height });
}

async function repeat(count, measure) {
  const list = [];
  for (let at = 0; at < count; at += 1) list.push(await measure(at));
  return list;
}

const terminal = await Terminal.launch(values.address);
await terminal.context.addInitScript(watchForMarker);
await terminal.enrol('staff', await readPassword(), 'さくらの咲く丘で 2026');

const clicks = await repeat(7, async (at) => {
  progress(`click to first pixel ${at + 1}/7`);
  const { screen, milliseconds } = await clickToPixel(terminal);
  await screen.end();
  await screen.page.close();
  return milliseconds;
});

const { screen } = await clickToPixel(terminal);
const picture = await screen.picture();
const [scrollX, scrollY] = await screen.placeOf('a8577e');
const [idleX, idleY] = await screen.placeOf('7a8b2f');
await screen.clickColour('30638e');
const block = await screen.waitForColour('c02040', { count: 10000 });
const keys = await keyToPixel(screen, block, rounds, 'key to pixel');

// Further sessions, idle, on a page where nothing moves.
const others = [];
await pause(5000);
const before = memoryAvailable();
for (let at = 1; at < sessions; at += 1) {
  progress(`session ${at + 1}/${sessions}`);
  const other = new LightTerminal(values.address, await ticketFor(terminal, picture), picture);
  await other.ready;
  await pause(1000);
  other.click(idleX, idleY);
  others.push(other);
}
progress('idle sessions');
await pause(15000);
const after = memoryAvailable();
const ticksBefore = sessionTicks();
const idleSeconds = 30;
await pause(idleSeconds * 1000);
const idleTicks = sessionTicks() - ticksBefore;

for (const other of others) {
  other.click(scrollX, scrollY);
}
await pause(2000);
for (const other of others) other.scroll();
await pause(2000);
const stopScrolling = keepScrolling(screen);
const loaded = await keyToPixel(screen, block, rounds, `key to pixel, ${sessions} sessions scrolling`);
await stopScrolling();
for (const other of others) other.close();
await terminal.close();

const result = {
  key_to_pixel_ms: summary(keys),
  click_to_first_pixel_ms: summary(clicks),
  idle_session: {
    mem_mb: Number(((before - after) / others.length).toFixed(1)),
    cpu_percent: Number((idleTicks / (others.length + 1) / idleSeconds).toFixed(2)),
    sessions: others.length + 1,
  },
  loaded_key_to_pixel_ms: { ...summary(loaded), sessions, frames: others.reduce((sum, other) => sum + other.frames, 0) },
};
if (values.json) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
} else {
  const row = (name, value, unit) => process.stdout.write(`${name.padEnd(58)}${String(value).padStart(9)} ${unit}\n`);
  row('key to changed pixel, median', result.key_to_pixel_ms.p50, 'ms');
  row('key to changed pixel, 95th percentile', result.key_to_pixel_ms.p95, 'ms');
  row('click to the site\'s marker, median', result.click_to_first_pixel_ms.p50, 'ms');
  row('a further idle session, MemAvailable', result.idle_session.mem_mb, 'MB');
  row('an idle session, of one core', result.idle_session.cpu_percent, '%');
  row(`key to changed pixel, ${sessions} sessions scrolling, median`, result.loaded_key_to_pixel_ms.p50, 'ms');
  row(`key to changed pixel, ${sessions} sessions scrolling, 95th`, result.loaded_key_to_pixel_ms.p95, 'ms');
}
