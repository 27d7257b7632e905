// For measurements: the block's colour changes with every key that goes down.
export function latency() {
  return { title: '応答の測定', script: 'latency.js', body: '<div class="block big" id="block"></div><p>キーを押すたびに色が変わります。</p>' };
}
