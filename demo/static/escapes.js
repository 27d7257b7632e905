const byId = (id) => document.getElementById(id);
const { port, forbiddenPort } = byId('state').dataset;
const elsewhere = `localhost:${forbiddenPort}`;

async function report(name, outcome) {
  const line = document.createElement('li');
  line.textContent = `${outcome === 'blocked' ? '止められた' : '通った'}: ${name} ${outcome}`;
  byId('outcomes').append(line);
  await fetch('/reports', { method: 'POST', body: JSON.stringify({ name, outcome }) });
}

// Blocked when it throws, gives nothing, or does not answer in three seconds.
async function attempt(name, run) {
  let outcome;
  try {
    const late = new Promise((resolve) => { setTimeout(resolve, 3000, null); });
    const result = await Promise.race([run(), late]);
    outcome = result ? `passed: ${String(result).slice(0, 200)}` : 'blocked';
  } catch {
    outcome = 'blocked';
  }
  await report(name, outcome);
}

// Readable from another origin, so that an answer of the proxy's own does not count.
const get = (url) => async () => (await (await fetch(url)).text() ? 'read' : null);
const picture = (url) => () => new Promise((resolve, reject) => {
  const image = new Image();
  image.onload = () => resolve('loaded');
  image.onerror = reject;
  image.src = url;
});
const socket = (url) => () => new Promise((resolve, reject) => {
  const connection = new WebSocket(url);
  connection.onopen = () => resolve('open');
  connection.onerror = reject;
});

// Anything but a name in mDNS tells an address, and a server-reflexive candidate means that a packet left.
function candidates() {
  return new Promise((resolve) => {
    const found = [];
    const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${forbiddenPort}` }] });
    connection.createDataChannel('escape');
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) resolve(found.join(' '));
      else if (candidate.candidate) found.push(candidate.candidate);
    };
    connection.createOffer().then((offer) => connection.setLocalDescription(offer));
  });
}

// What answers nothing to the page; the site elsewhere knows whether it arrived.
function sendUnheard() {
  navigator.sendBeacon(`http://${elsewhere}/beacon`);
  for (const [tag, fields] of [['iframe', { src: `http://${elsewhere}/frame` }],
    ['script', { src: `http://${elsewhere}/script` }], ['link', { rel: 'stylesheet', href: `http://${elsewhere}/style` }],
    ['link', { rel: 'prefetch', href: `http://${elsewhere}/prefetch` }],
    ['link', { rel: 'dns-prefetch', href: 'http://prefetched.example.org' }]]) {
    document.body.append(Object.assign(document.createElement(tag), fields));
  }
}

async function all() {
  sendUnheard();
  await attempt('other origin on this machine', get(`http://${elsewhere}/fetch`));
  await attempt('address literal', picture(`http://127.0.0.1:${port}/picture/0.png`));
  await attempt('metadata service', get('http://169.254.169.254/'));
  await attempt('name outside', get('https://www.example.org/'));
  await attempt('redirect', get('/redirect'));
  await attempt('picture from elsewhere', picture(`http://${elsewhere}/picture`));
  await attempt('WebSocket to elsewhere', socket(`ws://${elsewhere}/socket`));
  for (const { name, url } of await (await fetch('/targets')).json()) await attempt(name, get(url));
  await attempt('direct socket', () => new TCPSocket('127.0.0.1', Number(forbiddenPort)).opened);
  await attempt('WebRTC candidates', candidates);
  await attempt('file scheme', get('file:///etc/passwd'));
  await attempt('USB', () => navigator.usb?.requestDevice({ filters: [] }).then(() => 'device'));
  await attempt('serial', () => navigator.serial?.requestPort().then(() => 'port'));
  await attempt('HID', () => navigator.hid?.requestDevice({ filters: [] }).then((list) => list.length));
  await attempt('Bluetooth', () => navigator.bluetooth?.requestDevice({ acceptAllDevices: true }).then(() => 'device'));
  await attempt('camera', () => navigator.mediaDevices?.getUserMedia({ video: true }).then(() => 'camera'));
  await attempt('screen capture', () => navigator.mediaDevices?.getDisplayMedia().then(() => 'screen'));
  await attempt('position', () => new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(() => resolve('position'), reject);
  }));
  await attempt('notification', () => Notification.requestPermission().then((answer) => answer === 'granted' && answer));
  byId('state').textContent = '終わりました。';
  byId('done').style.background = '#00a000';
  await report('finished', 'blocked');
}

byId('clipboard').addEventListener('click', async () => {
  await attempt('write the clipboard', () => navigator.clipboard.writeText('escaped').then(() => 'written'));
  await attempt('read the clipboard', () => navigator.clipboard.readText().then((text) => `read:${text}`));
  byId('done').style.background = '#0060a0';
});
byId('pickers').addEventListener('click', async () => {
  await attempt('pick a file', () => globalThis.showOpenFilePicker().then(() => 'picked'));
  await attempt('pick a folder', () => globalThis.showDirectoryPicker().then(() => 'picked'));
  byId('done').style.background = '#a06000';
});
byId('windows').addEventListener('click', async () => {
  for (const url of ['file:///etc/passwd', 'chrome://version', `view-source:http://localhost:${port}/`]) {
    await attempt(`window of ${url.split(':')[0]}`, async () => open(url) && 'opened');
  }
  byId('done').style.background = '#6000a0';
});
byId('file').addEventListener('cancel', () => report('file input', 'blocked'));
byId('file').addEventListener('change', () => report('file input', 'passed: chosen'));

// By itself, unless only the clicks are wanted.
if (location.hash !== '#clicks') all();
