// Sites that fail, each as a destination of its own beside the demonstration site.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';

// Asks for memory until somebody says no.
const greedyPage = `<!doctype html><title>greedy</title><script>
  const kept = [];
  const more = () => { kept.push(new Uint8Array(32 << 20).fill(1)); setTimeout(more, 5); };
  more();
</script>`;

async function listening(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

// A certificate that nobody vouches for.
function ownCertificate() {
  const folder = mkdtempSync(`${tmpdir()}/shoji-site-`);
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
      '-subj', '/CN=localhost', '-days', '2', '-keyout', `${folder}/key`, '-out', `${folder}/crt`], { stdio: 'ignore' });
    return { key: readFileSync(`${folder}/key`), cert: readFileSync(`${folder}/crt`) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const japaneseDay = (days) => new Date(Date.now() + (9 + 24 * days) * 3600e3).toISOString().slice(0, 10);

const described = (id, origin, expires) => `
[[destinations]]
id = "${id}"
name = { ja = "${id}", en = "${id}" }
zone = "demonstration"
reason = "for a test"
approver = "test"
approved = "${japaneseDay(-7)}"
expires = "${expires}"
origins = [{ scheme = "${origin.scheme}", host = "${origin.host}", port = ${origin.port}, internal = true }]

[[routes]]
id = "staff-${id}"
from_zone = "my-number"
role = "staff"
destination = "${id}"
`;

export class Sites {
  // `state`: the folder in which run.sh made a certificate that an authority vouches for.
  static async start(state) {
    const sites = new Sites();
    const local = async (scheme, server) => ({ scheme, host: 'localhost', port: await listening(server) });
    sites.servers = [
      http.createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(greedyPage)),
      https.createServer(ownCertificate(), (_, answer) => answer.end('nobody should read this')),
      net.createServer((socket) => socket.end('I speak no TLS')),
      net.createServer(),
      https.createServer({ key: readFileSync(`${state}/site/site.key`), cert: readFileSync(`${state}/site/site.pem`) },
        (_, answer) => answer.setHeader('Content-Type', 'text/html')
          .end('<!doctype html><title>vouched</title><body style="background:#00a050">')),
    ];
    const [greedy, uncertified, plain, closed, vouched] = sites.servers;
    sites.origins = {
      greedy: await local('http', greedy),
      uncertified: await local('https', uncertified),
      plain: await local('https', plain),
      down: await local('http', closed),
      vouched: await local('https', vouched),
      nowhere: { scheme: 'https', host: 'nowhere.invalid', port: 443 },
    };
    closed.close();
    return sites;
  }

  // Makes them destinations; those of `expired` were so until yesterday.
  async apply(installation, expired = []) {
    const day = (id) => japaneseDay(expired.includes(id) ? -1 : 30);
    const file = `${installation.state}/faults.toml`;
    writeFileSync(file, readFileSync(`${installation.state}/demo.toml`, 'utf8') +
      Object.entries(this.origins).map(([id, origin]) => described(id, origin, day(id))).join(''));
    await installation.shoji('apply', file, '--yes');
  }

  stop() {
    for (const server of this.servers) server.close();
  }
}
