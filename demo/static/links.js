document.getElementById('open').addEventListener('click', () => window.open('/second', '', 'width=800,height=600'));
document.getElementById('print').addEventListener('click', () => window.print());
