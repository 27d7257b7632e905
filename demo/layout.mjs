// What every page of the site has around its content.

export function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Each entry's bullet has a colour of its own, by which a test finds it on the canvas.
export const places = [
  ['/', 'ホーム', '#40798c'],
  ['/article', '市長からのお知らせ', '#d1495b'],
  ['/search', '手続きを探す', '#2a7f62'],
  ['/table', '施設一覧', '#66a182'],
  ['/photos', '市の風景', '#edae49'],
  ['/upload', '書類の提出', '#2e4057'],
  ['/input', '申請フォーム', '#0b6e99'],
  ['/links', '関連リンク', '#b5651d'],
];

// Pages that no city hall has: what the tests and measurements of the screen need.
export const inspections = [
  ['/dialogs', '確認画面', '#8d5a97'],
  ['/scroll', 'スクロール', '#a8577e'],
  ['/idle', '静かなページ', '#7a8b2f'],
  ['/latency', '応答の測定', '#30638e'],
  ['/escapes', '脱出の試み', '#5c5c5c'],
];

// A block of colour before what is to be clicked: by it a test finds the place on the canvas.
export function bullet(colour) {
  return `<svg width="12" height="12" shape-rendering="crispEdges" aria-hidden="true"><rect width="12" height="12" fill="${colour}"/></svg>`;
}

// The marker stands at the same place on every page: four quadrants by which a test knows that the
// site is on the screen.
const marker = `<svg class="marker" width="32" height="32" shape-rendering="crispEdges" aria-hidden="true">
<rect width="16" height="16" fill="#1e6f5c"/><rect x="16" width="16" height="16" fill="#e9c46a"/>
<rect y="16" width="16" height="16" fill="#264653"/><rect x="16" y="16" width="16" height="16" fill="#f4a261"/></svg>`;

function links(list, url) {
  return `<ul>${list.map(([path, name, colour]) => `<li><a href="${path}"${path === url.pathname
    ? ' aria-current="page"' : ''}><svg width="12" height="12" shape-rendering="crispEdges" aria-hidden="true"><rect
    width="12" height="12" fill="${colour}"/></svg>${name}</a></li>`).join('')}</ul>`;
}

export function layout({ url }, { title, body, script, wide, lead = '' }) {
  return `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} | さくら市（デモサイト）</title>
<link rel="stylesheet" href="/static/style.css">
<link rel="icon" href="/static/icon.svg">
</head>
<body>
<header>${marker}<div><p class="city">さくら市</p><p class="kana">Sakura City ― 架空の市のデモサイトです</p></div>
<p class="contact">市役所代表 <strong>0000-00-0000</strong><br>平日 8時30分〜17時15分</p></header>
<nav aria-label="主なページ">${links(places, url)}</nav>
<nav class="inspections" aria-label="点検用のページ"><span>点検用</span>${links(inspections, url)}</nav>
${lead}
<main${wide ? ' class="wide"' : ''}>
<h1>${escape(title)}</h1>
${body}
</main>
<footer><div><p><strong>さくら市役所</strong><br>〒000-0000 さくら市中央一丁目 1 番 1 号</p>
<p>開庁時間 平日 8時30分〜17時15分<br>（土・日・祝日と 12月29日〜1月3日を除く）</p>
<p>この市は架空です。画面転送の点検に使います。</p></div></footer>
${script ? `<script src="/static/${script}" defer></script>` : ''}
</body>
</html>
`;
}
