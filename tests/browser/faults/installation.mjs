// An installation whose programs a test kills and starts again: what its journal says, and what is left of
// its sessions. Started by run.sh beside this file, which says whether anything is left in the end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync, closeSync } from 'node:fs';
import { parseArgs } from 'node:util';

const top = new URL('../../../', import.meta.url).pathname;
const bin = `${top}build/release/bin/`;
const stopOrder = ['shoji-gateway', 'shoji-host', 'shoji-audit'];

export async function output(command, words, options = {}) {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  if (child.exitCode === null) await once(child, 'exit');
  return text;
}

// Waits for what comes by itself; the limit is only that of a test which has failed.
export async function eventually(what, holds) {
  let seen;
  for (let tries = 0; tries < 300; tries += 1) {
    seen = await holds();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail(`this did not come to be: ${what}`);
}

export class Installation {
  #restarted = new Map();
  #killed = new Set();

  static fromArguments() {
    const text = { type: 'string' };
    const { values } = parseArgs({ options: { address: text, 'demo-port': text, state: text } });
    const installation = new Installation();
    Object.assign(installation, { address: values.address, state: values.state,
      demo: `http://localhost:${values['demo-port']}` });
    return installation;
  }

  setting(name) {
    const settings = readFileSync(`${this.state}/shoji.toml`, 'utf8');
    return new RegExp(`^${name} = ['"]?([^'"\n]*)`, 'm').exec(settings)[1];
  }

  // The answer of a command that prints JSON.
  async shoji(...words) {
    const text = await output(`${bin}shoji`, ['--state', this.state, '--json', ...words]);
    return text.trim() === '' ? null : JSON.parse(text);
  }

  // What a person would read, in Japanese.
  async said(...words) {
    return output(`${bin}shoji`, ['--state', this.state, '--language', 'ja', ...words]);
  }

  processOf(program) {
    const restarted = this.#restarted.get(program);
    if (restarted) return restarted.pid;
    return Number(new RegExp(`^${program} ([0-9]+) `, 'm').exec(readFileSync(`${this.state}/pids`, 'utf8'))[1]);
  }

  async kill(program) {
    const id = this.processOf(program);
    process.kill(id, 'SIGKILL');
    await eventually(`${program} is dead`, () => stateOf(id) === null || stateOf(id) === 'Z');
    this.#restarted.delete(program);
    this.#killed.add(program);
  }

  // `before`: the words of a command that runs the program, such as faketime's.
  async start(program, before = []) {
    const log = openSync(`${this.state}/logs/${program}.log`, 'a');
    const [command, ...words] = [...before, bin + program, '--state', this.state];
    this.#restarted.set(program, spawn(command, words, { stdio: ['ignore', log, log] }));
    closeSync(log);
    this.#killed.delete(program);
    await eventually(`${program} is back`, async () => this.#isBack(program));
  }

  async restart(program) {
    await this.kill(program);
    await this.start(program);
  }

  async #isBack(program) {
    const status = await this.shoji('status');
    if (program === 'shoji-host') return status?.host === 'ok';
    return program === 'shoji-audit' ? status?.journal === 'ok' : status?.journal !== undefined;
  }

  // Ends what the test itself has started, in the order of run.sh. What a test that failed left dead comes
  // back first, since each program clears away what is its own.
  async close() {
    for (const program of this.#killed) await this.start(program);
    for (const program of stopOrder) {
      const child = this.#restarted.get(program);
      if (!child || child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }

  log(program) {
    return readFileSync(`${this.state}/logs/${program}.log`, 'utf8');
  }

  async journal() {
    const lines = await output(`${bin}shoji`, ['--state', this.state, 'audit', 'export']);
    return lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  // The first line of the journal, from that place on, which has these fields; texts may be expressions.
  async recorded(fields, from = 0) {
    const fits = (line) => Object.entries(fields).every(([name, wanted]) =>
      (wanted instanceof RegExp ? wanted.test(line[name] ?? '') : line[name] === wanted));
    return eventually(`a line of the journal has ${JSON.stringify(fields, (_, value) => (value instanceof RegExp ? `${value}` : value))}`,
      async () => (await this.journal()).slice(from).find(fits));
  }

  // The processes of the one session there is, as the host wrote them down, and Chromium's first.
  session() {
    const folder = `${this.setting('runtime')}/host/sessions`;
    const [id, ...others] = readdirSync(folder);
    assert.deepEqual(others, []);
    const record = readFileSync(`${folder}/${id}/record`, 'utf8');
    const [reaper, compositor, egress] = ['browser', 'compositor', 'egress'].map((part) =>
      Number(new RegExp(`^${part} ([0-9]+),`, 'm').exec(record)[1]));
    const chromium = processes().find(({ parent }) => parent === reaper).id;
    return { id, reaper, compositor, egress, chromium };
  }

  // Nothing of any session is there once the host had its moment.
  async nothingOfSessions() {
    const script = `state=$1; source "$2/scripts/common.sh"; source "$2/scripts/instance.sh"; session_leftovers`;
    let left = '';
    await eventually('no session has left anything', async () => {
      left = await output('bash', ['-c', script, 'bash', this.state, top]);
      return left === '';
    }).catch((error) => assert.fail(`${error.message}: ${left}`));
  }
}

function stateOf(id) {
  try {
    return /\) (.)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))[1];
  } catch {
    return null;
  }
}

function processes() {
  return readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).flatMap((name) => {
    try {
      const [, , parent] = /\) (.) ([0-9]+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'));
      return [{ id: Number(name), parent: Number(parent) }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}
