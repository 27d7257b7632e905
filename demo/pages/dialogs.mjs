export function dialogs() {
  return {
    title: '確認画面',
    script: 'dialogs.js',
    body: `<div class="blocks"><div class="block" id="answer"></div></div>
<p class="buttons"><button id="alert">お知らせを出す</button><button id="confirm">確認する</button><button id="prompt">入力を求める</button></p>
<p class="note">このページを離れるときには確認が出ます（一度操作した後）。</p>`,
  };
}
