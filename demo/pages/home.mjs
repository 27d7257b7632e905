const news = [
  ['11月20日', '募集', '令和9年度 保育施設の利用申込みについて'],
  ['11月18日', '税', '市税の納付には口座振替をご利用ください'],
  ['11月15日', '安全', '冬の交通安全県民運動が始まります'],
  ['11月12日', '窓口', 'マイナンバーカードの休日窓口を開設します'],
  ['11月8日', '防災', '防災行政無線の試験放送を行います'],
  ['11月5日', '健康', 'インフルエンザの予防接種を受けられる医療機関'],
];

export function home() {
  return {
    title: 'ようこそ、さくら市へ',
    lead: `<div class="hero"><p>丘と川に抱かれた、暮らしのまち</p></div>
<p class="alert"><strong>緊急情報</strong>現在、緊急のお知らせはありません。</p>`,
    body: `<p class="lead">暮らしの手続き、施設の案内、市政の情報をお届けします。</p>
<section class="tiles">
<a class="tile" href="/search"><strong>手続きを探す</strong>住民票、税、保険、子育て</a>
<a class="tile" href="/table"><strong>施設一覧</strong>公民館、図書館、体育館</a>
<a class="tile" href="/input"><strong>申請フォーム</strong>オンラインで申請できます</a>
<a class="tile" href="/photos"><strong>市の風景</strong>四季の写真をご覧ください</a>
</section>
<div class="columns"><section><h2>新着情報</h2>
<ul class="news">${news.map(([day, topic, text]) =>
    `<li><time>${day}</time><span class="tag">${topic}</span><a href="/article">${text}</a></li>`).join('')}</ul></section>
<aside class="side"><h2>さくら市のいま</h2><dl><dt>人口</dt><dd>48,213 人</dd><dt>世帯</dt><dd>20,976 世帯</dd><dt>面積</dt><dd>87.42 km²</dd></dl>
<h2>今月の納期</h2><dl><dt>固定資産税</dt><dd>第 3 期</dd><dt>国民健康保険税</dt><dd>第 5 期</dd></dl></aside></div>`,
  };
}
