// Nothing here moves: what an idle session costs is measured before it.
export function idle() {
  return { title: '静かなページ', body: '<p>このページには、動くものも、点滅するものもありません。</p>' };
}
