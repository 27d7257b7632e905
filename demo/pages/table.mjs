const columns = ['番号', '施設名', '種別', '所在地', '電話', '定員', '駐車場', '開館', '閉館', '休館日', '予約', '料金（円）'];
const kinds = ['公民館', '図書館', '体育館', '児童館', '福祉センター'];
const towns = ['中央', '本町', '旭', '緑', '川端', '山手', '南'];

export function table() {
  const rows = Array.from({ length: 240 }, (_, row) => [row + 1, `${towns[row % 7]}${kinds[row % 5]}`, kinds[row % 5],
    `さくら市${towns[(row * 3) % 7]}${1 + (row % 5)}丁目${1 + (row % 20)}番`, `000-000-${String(1000 + row)}`, 20 + ((row * 37) % 300),
    `${(row * 7) % 60}台`, '9:00', row % 3 ? '21:00' : '17:00', ['月', '火', '水', '第2木'][row % 4], row % 2 ? '要' : '不要',
    ((row * 110) % 2000).toLocaleString('ja-JP')]);
  return {
    title: '施設一覧',
    wide: true,
    body: `<div class="scroller" tabindex="0"><table><thead><tr>${columns.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}</tbody></table></div>`,
  };
}
