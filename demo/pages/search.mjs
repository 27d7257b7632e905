import { escape } from '../layout.mjs';

const procedures = ['住民票の写しの交付', '印鑑登録', '転入の届出', '転出の届出', '国民健康保険の加入', '児童手当の申請', '保育所の入所申込み', '介護保険の認定申請',
  '市県民税の証明書', '固定資産税の減免', 'マイナンバーカードの交付', '粗大ごみの申込み', '犬の登録', '図書館の利用者登録'];

export function search({ url, body }) {
  const asked = (new URLSearchParams(body).get('q') ?? url.searchParams.get('q') ?? '').slice(0, 100);
  const found = procedures.filter((name) => name.includes(asked));
  return {
    title: '手続きを探す',
    body: `<form class="search" role="search"><label>ことば <input name="q" type="search" value="${escape(asked)}" autocomplete="off"></label><button>探す</button></form>
<p aria-live="polite">${asked ? `「${escape(asked)}」: ` : ''}${found.length} 件の手続き</p>
<ul class="news">${found.map((name) => `<li><a href="/article">${name}</a></li>`).join('')}</ul>`,
  };
}
