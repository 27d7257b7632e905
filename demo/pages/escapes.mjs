import { bullet } from '../layout.mjs';

// Tries to leave the session in the ways that a page can, and reports each outcome. What needs a user's
// click waits for it.
export function escapes({ port, forbiddenPort }) {
  return {
    title: '脱出の試み',
    script: 'escapes.js',
    body: `<p id="state" data-port="${port}" data-forbidden-port="${forbiddenPort}">試しています…</p><div class="block" id="done"></div>
<p class="buttons"><button id="clipboard">${bullet('#c01010')}クリップボード</button>
<button id="pickers">${bullet('#c02011')}ファイルの選択画面</button>
<button id="windows">${bullet('#c03012')}ほかのウインドウ</button></p>
<p><label for="file">${bullet('#c04013')} ファイルを選ぶ</label> <input type="file" id="file"></p>
<ul class="news" id="outcomes"></ul>`,
  };
}
