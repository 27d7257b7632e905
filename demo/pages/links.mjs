import { bullet } from '../layout.mjs';

// Links to places that the destination does not list, and ways to open a second window.
export function links({ port, forbiddenPort }) {
  const entries = [
    [`http://localhost:${forbiddenPort}/linked`, '許可されていないサイト', '#b00020'],
    ['https://www.example.org/', '外部のサイト（example.org）', '#b01021'],
    [`http://127.0.0.1:${port}/`, 'IP アドレスで指定したサイト', '#b02022'],
    ['/redirect', '許可されていないサイトへの転送', '#b03023'],
    ['http://169.254.169.254/latest/meta-data/', '装置の内部情報', '#b04024'],
  ];
  const others = [
    ['file:///etc/passwd', '装置のファイル', '#b06026'],
    [`view-source:http://localhost:${port}/`, 'ページのソース', '#b07027'],
    ['chrome://version/', 'ブラウザーの内部ページ', '#b0a02a'],
    ['/download', 'ファイルのダウンロード', '#b08028'],
  ];
  const lines = (list) => list.map(([href, name, colour]) => `<li><a href="${href}">${bullet(colour)}${name}</a></li>`).join('');
  return {
    title: '関連リンク',
    script: 'links.js',
    body: `<ul class="news">${lines(entries)}
<li><a href="/second" target="_blank">${bullet('#105010')}新しいウインドウで開く（リンク）</a></li>
<li><button id="open">${bullet('#205010')}新しいウインドウで開く（ボタン）</button></li></ul>
<form method="post" action="http://localhost:${forbiddenPort}/posted"><p class="send"><button>${bullet('#b05025')}許可されていないサイトへ送信</button></p></form>
<ul class="news">${lines(others)}<li><button id="print">${bullet('#b09029')}印刷する</button></li></ul>`,
  };
}
