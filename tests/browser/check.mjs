// The main job, once: sign in, open the demonstration site, see its marker, type into its form, be refused
// at a forbidden link, end; then that an act on this machine becomes an alert at the hub. Prints each step; with --json one
// object. Exits 0 only if every step held.
//   node check.mjs --address https://localhost:8443/ --demo-port N --state DIR --sensor-left-out WHY [--json]
//     < one-time password
// WHY: empty where the sensor must run.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Terminal, readPassword } from './terminal.mjs';

const { values } = parseArgs({ options: { address: { type: 'string' }, 'demo-port': { type: 'string' },
  state: { type: 'string' }, 'sensor-left-out': { type: 'string' }, json: { type: 'boolean', default: false } } });
const sensorTestRule = '6a1c7a4e-52f7-4d0c-9a55-5c1f4b1d7e01'; // rules/sensor_test.yml
const forbiddenPort = Number(values['demo-port']) + 1;
const steps = [];
let terminal;

async function step(name, run) {
  const began = performance.now();
  const detail = await run();
  const milliseconds = Math.round(performance.now() - began);
  steps.push({ name, milliseconds, detail });
  if (!values.json) process.stdout.write(`✓ ${name} (${milliseconds} ms)${detail ? `: ${detail}` : ''}\n`);
}

async function mainJob() {
  const password = await readPassword();
  let screen;
  await step('sign in for the first time, with a second factor', async () => {
    terminal = await Terminal.launch(values.address);
    await terminal.enrol('staff', password, 'さくらの咲く丘で 2026');
  });
  await step('open the demonstration site', async () => {
    screen = await terminal.open('demo');
    const { x, y } = await screen.waitForMarker();
    return `its marker is on the canvas at ${x}, ${y}`;
  });
  await step('type into its form', async () => {
    await screen.clickColour('0b6e99');
    await screen.waitForColour('b0b0b0', { count: 4000 });
    await screen.page.keyboard.type('shoji');
    const { pixels } = await screen.waitForColour('0000a0', { count: 4000 });
    return `the page answered with ${pixels} blue pixels`;
  });
  await step('be refused at a forbidden link', async () => {
    await screen.clickColour('b5651d');
    await screen.clickColour('b00020');
    return screen.refusalOf(`localhost:${forbiddenPort}`);
  });
  await step('nothing reached the forbidden site', async () => {
    const answer = await fetch(`http://127.0.0.1:${forbiddenPort}/hits`);
    const { hits } = await answer.json();
    if (hits !== 0) throw new Error(`${hits} requests reached it`);
  });
  await step('end the session', () => screen.end());
}

// What `shoji alerts --json` tells of the host, one object a line.
function alertsOfThisHost() {
  const program = fileURLToPath(new URL('../../build/release/bin/shoji', import.meta.url));
  const lines = execFileSync(program, ['--state', values.state, '--json', 'alerts', '--host', hostname()],
    { encoding: 'utf8' });
  return lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

async function seeAnAct() {
  if (values['sensor-left-out'] !== '') return `left out: ${values['sensor-left-out']}`;
  const word = `shoji-sensor-test-${randomBytes(4).toString('hex')}`;
  const before = alertsOfThisHost().filter(({ rule }) => rule === sensorTestRule).length;
  execFileSync('/bin/true', [word]);
  for (let tries = 0; tries < 600; tries += 1) {
    const alerts = alertsOfThisHost().filter(({ rule }) => rule === sensorTestRule);
    if (alerts.length > before) return `the hub has the alert of ${hostname()}`;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`no alert of the rule ${sensorTestRule}`);
}

let failure;
try {
  await mainJob();
  await step('see an act on this machine', seeAnAct);
} catch (error) {
  failure = error.message;
}
await terminal?.close();
if (values.json) process.stdout.write(`${JSON.stringify({ ok: !failure, steps, failure })}\n`);
else if (failure) process.stdout.write(`✗ ${failure}\n`);
process.exit(failure ? 1 : 0);
