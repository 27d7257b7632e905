// Tries to leave the session in the ways that a page can, and reports each outcome.
export function escapes({ port, forbiddenPort }) {
  return {
    title: '脱出の試み',
    script: 'escapes.js',
    body: `<p id="state" data-port="${port}" data-forbidden-port="${forbiddenPort}">試しています…</p><div class="block" id="done"></div><ul class="news" id="outcomes"></ul>
<input type="file" id="file">`,
  };
}
