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
  ['/dialogs', '確認画面', '#8d5a97'],
  ['/latency', '応答の測定', '#30638e'],
  ['/escapes', '脱出の試み', '#5c5c5c'],
];

// The marker stands at the same place on every page: four quadrants by which a test knows that the
// site is on the screen.
const marker = `<svg class="marker" width="32" height="32" shape-rendering="crispEdges" aria-hidden="true">
<rect width="16" height="16" fill="#1e6f5c"/><rect x="16" width="16" height="16" fill="#e9c46a"/>
<rect y="16" width="16" height="16" fill="#264653"/><rect x="16" y="16" width="16" height="16" fill="#f4a261"/></svg>`;

export function layout({ url }, { title, body, script, wide }) {
  const entries = places.map(([path, name, colour]) => `<li><a href="${path}"${path === url.pathname
    ? ' aria-current="page"' : ''}><svg width="12" height="12" shape-rendering="crispEdges" aria-hidden="true"><rect
    width="12" height="12" fill="${colour}"/></svg>${name}</a></li>`).join('');
  return `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<title>${escape(title)} | さくら市（デモサイト）</title>
<link rel="stylesheet" href="/static/style.css">
<link rel="icon" href="/static/icon.svg">
</head>
<body>
<header>${marker}<div><p class="city">さくら市</p><p class="kana">Sakura City ― 架空の市のデモサイトです</p></div></header>
<nav aria-label="主なページ"><ul>${entries}</ul></nav>
<main${wide ? ' class="wide"' : ''}>
<h1>${escape(title)}</h1>
${body}
</main>
<footer><p>さくら市役所 〒000-0000 さくら市中央一丁目 1 番 1 号 ／ 開庁時間 平日 8:30〜17:15</p></footer>
${script ? `<script src="/static/${script}" defer></script>` : ''}
</body>
</html>
`;
}
