// The demonstration site: a fictional city hall. Plain HTTP on the loopback, no dependencies.
//   node server.mjs --port N [--forbidden-port M]
// At M stands another site that no destination lists; it counts who reaches it and where.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { layout } from './layout.mjs';
import { landscape } from './landscape.mjs';
import { article } from './pages/article.mjs';
import { dialogs } from './pages/dialogs.mjs';
import { escapes } from './pages/escapes.mjs';
import { home } from './pages/home.mjs';
import { idle } from './pages/idle.mjs';
import { input } from './pages/input.mjs';
import { latency } from './pages/latency.mjs';
import { links } from './pages/links.mjs';
import { photos } from './pages/photos.mjs';
import { scroll } from './pages/scroll.mjs';
import { search } from './pages/search.mjs';
import { second } from './pages/second.mjs';
import { table } from './pages/table.mjs';
import { upload } from './pages/upload.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string' }, 'forbidden-port': { type: 'string' } },
});
const port = Number(values.port);
const forbiddenPort = Number(values['forbidden-port'] ?? 0);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  process.stderr.write('usage: node server.mjs --port N [--forbidden-port M]\n');
  process.exit(2);
}

const pages = { '/': home, '/article': article, '/dialogs': dialogs, '/escapes': escapes, '/idle': idle,
  '/input': input, '/latency': latency, '/links': links, '/photos': photos, '/scroll': scroll,
  '/search': search, '/second': second, '/table': table, '/upload': upload };
const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
const maximumBody = 65536;
const pictures = new Map();
let reports = {};
let targets = [];

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > maximumBody) throw new RangeError('the body is too long');
  }
  return text;
}

function send(response, status, type, body, headers = {}) {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store', ...headers });
  response.end(body);
}

async function serveStatic(response, name) {
  const file = await readFile(new URL(`static/${name}`, import.meta.url));
  send(response, 200, `${types[name.split('.').pop()]}; charset=utf-8`, file);
}

// What the escape page tried: {name: "blocked" | "passed"}; tests read it here, not in the session.
async function serveReports(request, response) {
  if (request.method === 'DELETE') reports = {};
  if (request.method === 'POST') {
    const { name, outcome } = JSON.parse(await bodyOf(request));
    reports[String(name).slice(0, 100)] = String(outcome).slice(0, 300);
    return send(response, 204, 'text/plain', '');
  }
  return send(response, 200, 'application/json', JSON.stringify(reports));
}

// Further addresses that the escape page tries: [{name, url}], as a test puts them.
async function serveTargets(request, response) {
  if (request.method === 'PUT') {
    targets = JSON.parse(await bodyOf(request)).map(({ name, url }) => ({ name: String(name), url: String(url) }));
  }
  return send(response, 200, 'application/json', JSON.stringify(targets));
}

async function serve(request, response) {
  const url = new URL(request.url, `http://${request.headers.host ?? 'localhost'}`);
  const context = { url, port, forbiddenPort, body: '' };
  const staticName = /^\/static\/([a-z_]+\.(?:css|js|svg))$/.exec(url.pathname)?.[1];
  const picture = /^\/picture\/([0-9])\.png$/.exec(url.pathname)?.[1];
  if (staticName) return serveStatic(response, staticName);
  if (picture) {
    if (!pictures.has(picture)) pictures.set(picture, landscape(Number(picture)));
    return send(response, 200, 'image/png', pictures.get(picture));
  }
  if (url.pathname === '/reports') return serveReports(request, response);
  if (url.pathname === '/targets') return serveTargets(request, response);
  if (url.pathname === '/redirect') {
    return send(response, 302, 'text/plain', '', { Location: `http://localhost:${forbiddenPort}/redirected` });
  }
  if (url.pathname === '/download') {
    return send(response, 200, 'application/octet-stream', 'downloaded', {
      'Content-Disposition': 'attachment; filename="escape.bin"' });
  }
  if (request.method === 'POST') context.body = await bodyOf(request);
  const page = pages[url.pathname];
  if (page) return send(response, 200, 'text/html; charset=utf-8', layout(context, page(context)));
  const missing = { title: 'ページがありません', body: '<p>お探しのページは見つかりませんでした。</p>' };
  return send(response, 404, 'text/html; charset=utf-8', layout(context, missing));
}

const servers = [createServer((request, response) => {
  serve(request, response).catch((error) => {
    const known = error instanceof RangeError || error instanceof SyntaxError || error.code === 'ENOENT';
    send(response, known ? 400 : 500, 'text/plain; charset=utf-8', 'この要求は処理できません。\n');
  });
}).listen(port, '127.0.0.1')];

if (forbiddenPort) {
  let hits = 0;
  const seen = [];  // the paths, as long as there is room
  servers.push(createServer((request, response) => {
    if (request.url === '/hits') return send(response, 200, 'application/json', JSON.stringify({ hits, seen }));
    hits += 1;
    if (seen.length < 1000) seen.push(request.url.slice(0, 100));
    return send(response, 200, 'text/html; charset=utf-8',
      '<!doctype html><title>forbidden</title><body style="background:#ff00ff">', { 'Access-Control-Allow-Origin': '*' });
  }).listen(forbiddenPort, '127.0.0.1'));
}

for (const server of servers) {
  server.on('error', (error) => {
    process.stderr.write(`the demonstration site cannot listen: ${error.message}\n`);
    process.exit(1);
  });
}
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
