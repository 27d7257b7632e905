const { port, forbiddenPort } = document.getElementById('state').dataset;

async function report(name, outcome) {
  const line = document.createElement('li');
  line.textContent = `${outcome === 'blocked' ? '止められた' : '通った'}: ${name} ${outcome}`;
  document.getElementById('outcomes').append(line);
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

const get = (url) => async () => (await fetch(url, { mode: 'no-cors' })).type;
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
    const connection = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:3478' }, { urls: 'stun:192.0.2.1:3478' }] });
    connection.createDataChannel('escape');
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) resolve(found.join(' '));
      else if (candidate.candidate) found.push(candidate.candidate);
    };
    connection.createOffer().then((offer) => connection.setLocalDescription(offer));
  });
}

async function all() {
  await attempt('other origin on this machine', get(`http://localhost:${forbiddenPort}/`));
  await attempt('address literal', get(`http://127.0.0.1:${port}/`));
  await attempt('IPv6 literal', get(`http://[::1]:${forbiddenPort}/`));
  await attempt('metadata service', get('http://169.254.169.254/'));
  await attempt('name outside', get('https://www.example.org/'));
  await attempt('redirect', get('/redirect'));
  await attempt('picture from elsewhere', picture(`http://localhost:${forbiddenPort}/x.png`));
  await attempt('WebSocket to elsewhere', socket(`ws://localhost:${forbiddenPort}/`));
  await attempt('WebRTC candidates', candidates);
  await attempt('read the clipboard', () => navigator.clipboard.readText().then((text) => `read:${text}`));
  await attempt('write the clipboard', () => navigator.clipboard.writeText('x').then(() => 'written'));
  await attempt('file system', () => globalThis.showOpenFilePicker?.().then(() => 'picked'));
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
  document.getElementById('state').textContent = '終わりました。';
  document.getElementById('done').style.background = '#00a000';
  await report('finished', 'blocked');
}

all();
