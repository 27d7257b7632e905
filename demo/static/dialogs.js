const answer = document.getElementById('answer');
const on = (id, run) => document.getElementById(id).addEventListener('click', run);
on('alert', () => {
  alert('窓口の受付は 17 時までです。');
  answer.style.background = '#008060';
});
on('confirm', () => { answer.style.background = confirm('この内容で申請しますか?') ? '#008000' : '#800000'; });
on('prompt', () => {
  const name = prompt('お名前を入力してください。', '');
  answer.style.background = name === 'さくら' ? '#008080' : '#808080';
});
addEventListener('beforeunload', (event) => event.preventDefault());
