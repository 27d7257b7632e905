import { bullet } from '../layout.mjs';

export function photos() {
  const names = ['春の丘', '秋の夕暮れ', '朝もや', '冬の山なみ', '初夏の里', '夕映え', '川霧', '雪どけ'];
  return {
    title: '市の風景',
    script: 'photos.js',
    body: `<p class="buttons"><button id="full" style="visibility:hidden">${bullet('#b5b01a')}全画面で見る</button></p>
<div class="photos">${names.map((name, at) => `<figure><img src="/picture/${at}.png" width="640" height="400" alt="${name}"><figcaption>${name}</figcaption></figure>`).join('')}</div>`,
  };
}
