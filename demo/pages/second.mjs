export function second() {
  return { title: '二つ目の画面', body: '<div class="block big second"></div><p>新しいウインドウで開きました。閉じると元の画面に戻ります。</p>' };
}
