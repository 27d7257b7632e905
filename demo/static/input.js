const byId = (id) => document.getElementById(id);
const paint = (id, colour) => { byId(id).style.background = colour; };
const colours = { 日本語: '#00a000', にほん: '#808000', shoji: '#0000a0', Shoji: '#a0a000', '@[]:_\\': '#a05000' };
byId('text').addEventListener('input', (event) => {
  byId('value').textContent = event.target.value;
  paint('typed', colours[event.target.value] ?? '#b0b0b0');
});
byId('text').addEventListener('keydown', (event) => { byId('key').textContent = `${event.code} ${event.key}`; });
byId('text').addEventListener('compositionupdate', (event) => {
  byId('composition').textContent = event.data;
});
byId('select').addEventListener('change', (event) => {
  paint('chosen', event.target.selectedIndex === 2 ? '#a000a0' : '#b0b0b0');
});
byId('button').addEventListener('click', () => paint('clicked', '#d06000'));
addEventListener('scroll', () => {
  // The blocks leave the view when the page scrolls, so the indicator becomes fixed.
  const block = byId('scrolled');
  const far = scrollY > 100;
  block.style.cssText = far ? 'position:fixed;left:8px;top:8px;background:#00a0a0' : '';
});
