// The installation that a browser test runs against: its options, its administrator's command, its programs
// as the machine sees them. Gateway and state are those of scripts/temporary.sh.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export const { values: options } = parseArgs({ options: { address: { type: 'string' }, 'demo-port': { type: 'string' },
  state: { type: 'string' }, screenshot: { type: 'string' } } });
export const demoPort = Number(options['demo-port']);
export const forbiddenPort = demoPort + 1;
export const demo = `http://localhost:${demoPort}`;
export const forbidden = `http://127.0.0.1:${forbiddenPort}`;
export const programs = new URL('../../build/release/bin/', import.meta.url).pathname;

// Gives the command's answer; fails when the command does.
export async function shoji(...words) {
  const text = await run(`${programs}shoji`, ['--state', options.state, '--json', ...words]);
  return text.trim() === '' ? null : JSON.parse(text);
}

// The journal's lines so far.
export async function journal() {
  const text = await run(`${programs}shoji`, ['--state', options.state, 'audit', 'export']);
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

export async function run(program, words, input = '') {
  const child = spawn(program, words, { stdio: [input === '' ? 'ignore' : 'pipe', 'pipe', 'inherit'] });
  child.stdin?.end(input);
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  const code = child.exitCode ?? await new Promise((resolve) => { child.once('exit', resolve); });
  assert.equal(code, 0, `${program} ${words.join(' ')} ended with ${code}: ${text}`);
  return text;
}

// The process id of a program that scripts/instance.sh started.
export function processOf(program) {
  const [, id] = new RegExp(`^${program} ([0-9]+) `, 'm').exec(readFileSync(`${options.state}/pids`, 'utf8'));
  return Number(id);
}

export async function eventually(holds, what = String(holds)) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
  assert.fail(`in 20 seconds this did not come to hold: ${what}`);
}

// Who reached the site that no destination lists: the paths, in order, as the site itself counted them.
export async function seenByForbidden() {
  return (await (await fetch(`${forbidden}/hits`)).json()).seen;
}
