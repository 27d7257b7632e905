// The button appears once it works, and not over the full screen, which the letter x ends.
const button = document.getElementById('full');
const show = () => { button.style.visibility = document.fullscreenElement === null ? 'visible' : 'hidden'; };
button.addEventListener('click', () => document.documentElement.requestFullscreen());
document.addEventListener('fullscreenchange', show);
document.addEventListener('keydown', ({ key }) => {
  if (key === 'x' && document.fullscreenElement !== null) document.exitFullscreen();
});
show();
