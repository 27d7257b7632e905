import { article } from './article.mjs';

// For measurements: the block's colour changes with every key that goes down; it stays where it is while the
// text below scrolls.
export function latency() {
  return {
    title: '応答の測定',
    script: 'latency.js',
    body: `<p>キーを押すたびに色が変わります。</p>${article().body}
<div class="wheel"><div class="block big" id="block"></div></div>`,
  };
}
