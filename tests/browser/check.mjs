// The main job, once: sign in, open the demonstration site, see its marker, type into its form, be refused
// at a forbidden link, end. Prints each step; with --json one object. Exits 0 only if every step held.
//   node check.mjs --address https://localhost:8443/ --demo-port N --state DIR [--json] < one-time password
import { parseArgs } from 'node:util';

import { Terminal, readPassword } from './terminal.mjs';

const { values } = parseArgs({ options: { address: { type: 'string' }, 'demo-port': { type: 'string' },
  state: { type: 'string' }, json: { type: 'boolean', default: false } } });
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

let failure;
try {
  await mainJob();
} catch (error) {
  failure = error.message;
}
await terminal?.close();
if (values.json) process.stdout.write(`${JSON.stringify({ ok: !failure, steps, failure })}\n`);
else if (failure) process.stdout.write(`✗ ${failure}\n`);
process.exit(failure ? 1 : 0);
