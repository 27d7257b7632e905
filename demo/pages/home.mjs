export function home() {
  const news = [
    ['11月20日', '令和9年度 保育施設の利用申込みについて'],
    ['11月18日', '市税の納付には口座振替をご利用ください'],
    ['11月15日', '冬の交通安全県民運動が始まります'],
    ['11月12日', 'マイナンバーカードの休日窓口を開設します'],
    ['11月8日', '防災行政無線の試験放送を行います'],
  ];
  return {
    title: 'ようこそ、さくら市へ',
    body: `<p class="lead">暮らしの手続き、施設の案内、市政の情報をお届けします。</p>
<section class="tiles">
<a class="tile" href="/search"><strong>手続きを探す</strong>住民票、税、保険、子育て</a>
<a class="tile" href="/table"><strong>施設一覧</strong>公民館、図書館、体育館</a>
<a class="tile" href="/input"><strong>申請フォーム</strong>オンラインで申請できます</a>
<a class="tile" href="/photos"><strong>市の風景</strong>四季の写真をご覧ください</a>
</section>
<h2>新着情報</h2>
<ul class="news">${news.map(([day, text]) => `<li><time>${day}</time><a href="/article">${text}</a></li>`).join('')}</ul>`,
  };
}
