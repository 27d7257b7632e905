export function upload({ body }) {
  return {
    title: '書類の提出',
    body: `${body ? '<p class="notice">受け付けました。</p>' : ''}<form class="stack" method="post" enctype="multipart/form-data">
<label>お名前 <input name="name" autocomplete="off"></label>
<label>書類 <input name="file" type="file" id="file"></label>
<button>提出する</button></form>
<p class="note">画面転送では、ファイルを選ぶ画面は開きません。</p>`,
  };
}
