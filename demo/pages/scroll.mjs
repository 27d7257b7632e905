import { article } from './article.mjs';

// Text, lines and pictures to scroll through; a corner shows how far, and its block changes colour with it.
export function scroll() {
  const picture = (at) => `<figure><img src="/picture/${at}.png" width="640" height="400" alt="市の風景"></figure>`;
  const sections = article().body.split(/(?=<h2>)/).map((section, at) => (at % 6 === 2 ? section + picture(at % 8) : section));
  return {
    title: 'スクロール',
    script: 'scroll.js',
    body: `${sections.join('')}<div class="wheel"><div class="block" id="far"></div><output id="place">0 px</output></div>`,
  };
}
