// A form whose blocks change colour with what arrives: typed text, a choice, a wheel, a click.
export function input() {
  return {
    title: '申請フォーム',
    script: 'input.js',
    body: `<div class="blocks"><div class="block" id="typed"></div><div class="block" id="chosen"></div><div class="block" id="scrolled"></div><div class="block" id="clicked"></div></div>
<form class="stack" id="form">
<label>お名前 <input id="text" name="text" autocomplete="off" autofocus></label>
<label>お住まいの地区 <select id="select" name="select"><option>中央</option><option>本町</option><option>旭</option><option>緑</option></select></label>
<label>ご要望 <textarea id="area" name="area" rows="4"></textarea></label>
<button type="button" id="button">内容を確認する</button>
</form>
<dl class="echo"><dt>キー</dt><dd id="key">―</dd><dt>変換中</dt><dd id="composition">―</dd><dt>値</dt><dd id="value">―</dd></dl>
<div class="tall"></div>`,
  };
}
